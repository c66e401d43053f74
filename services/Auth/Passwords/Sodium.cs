using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ShTP.Auth.Passwords;

/// <summary>BLAKE2b without a key, by libsodium's <c>crypto_generichash</c>.</summary>
internal static partial class Sodium
{
    static Sodium()
    {
        if (Initialize() < 0)
            throw new InvalidOperationException("libsodium could not be initialized.");
    }

    /// <param name="output">16 to 64 bytes.</param>
    /// <param name="input">What is hashed.</param>
    /// <exception cref="CryptographicException">The output has another length.</exception>
    public static void Blake2b(Span<byte> output, ReadOnlySpan<byte> input)
    {
        if (GenericHash(output, (nuint)output.Length, input, (ulong)input.Length, [], 0) != 0)
            throw new CryptographicException($"BLAKE2b has no output of {output.Length} bytes.");
    }

    [LibraryImport("libsodium", EntryPoint = "crypto_generichash")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int GenericHash(Span<byte> output, nuint outputLength, ReadOnlySpan<byte> input, ulong inputLength, ReadOnlySpan<byte> key, nuint keyLength);

    [LibraryImport("libsodium", EntryPoint = "sodium_init")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int Initialize();
}

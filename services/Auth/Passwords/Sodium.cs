using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ShTP.Auth.Passwords;

/// <summary>The part of libsodium's <c>crypto_pwhash.h</c> that Auth uses.</summary>
internal static partial class Sodium
{
    /// <summary><c>crypto_pwhash_STRBYTES</c>: the longest PHC string with its terminating zero.</summary>
    public const int PhcBytes = 128;

    /// <summary><c>crypto_pwhash_ALG_ARGON2ID13</c>.</summary>
    public const int Argon2id13 = 2;

    static Sodium()
    {
        if (Initialize() < 0)
            throw new InvalidOperationException("libsodium could not be initialized.");
    }

    [LibraryImport("libsodium", EntryPoint = "crypto_pwhash_str_alg")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int HashToPhc(Span<byte> phc, ReadOnlySpan<byte> password, ulong passwordLength, ulong passes, nuint memoryBytes, int algorithm);

    [LibraryImport("libsodium", EntryPoint = "crypto_pwhash_str_verify")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int VerifyPhc(ReadOnlySpan<byte> phc, ReadOnlySpan<byte> password, ulong passwordLength);

    [LibraryImport("libsodium", EntryPoint = "sodium_init")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int Initialize();
}

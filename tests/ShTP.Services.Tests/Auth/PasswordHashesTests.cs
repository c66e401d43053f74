using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ShTP.Auth.Passwords;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed partial class PasswordHashesTests
{
    [Fact]
    public void Hash_RecommendedParameters_IsAPhcStringThatVerifies()
    {
        var phc = Argon2id.Hash("correct horse"u8, 19 * 1024, 2);
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", phc);
        Assert.True(Argon2id.Verify("correct horse"u8, phc));
        Assert.False(Argon2id.Verify("correct horsf"u8, phc));
        Assert.Equal(new Argon2Parameters(19456, 2, 1), Argon2id.ParametersOf(phc));
    }

    /// <summary>The test vector of RFC 9106, section 5.3.</summary>
    [Fact]
    public void Compute_VectorOfTheRfc_IsItsTag()
    {
        var tag = new byte[32];
        Argon2Core.Compute(new(32, 3, 4), Repeat(1, 32), Repeat(2, 16), Repeat(3, 8), Repeat(4, 12), tag);
        Assert.Equal("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", Convert.ToHexStringLower(tag));

        static byte[] Repeat(byte value, int count) => [.. Enumerable.Repeat(value, count)];
    }

    /// <summary>Both ways, with parameters around the bounds of blocks, segments and passes.</summary>
    [Theory]
    [InlineData(8, 1, 0)]
    [InlineData(8, 3, 1)]
    [InlineData(9, 2, 8)]
    [InlineData(11, 2, 300)]
    [InlineData(63, 1, 64)]
    [InlineData(511, 4, 72)]
    [InlineData(513, 2, 128)]
    [InlineData(2051, 3, 129)]
    [InlineData(19456, 2, 20)]
    public void Hash_AndThatOfLibsodium_VerifyEachOther(int memoryKib, int passes, int length)
    {
        var password = RandomNumberGenerator.GetBytes(length);
        var ours = Argon2id.Hash(password, memoryKib, passes);
        Assert.True(LibsodiumVerifies(ours, password), ours);
        Assert.False(LibsodiumVerifies(ours, [.. password, 0]), ours);

        var theirs = LibsodiumHash(password, memoryKib, passes);
        Assert.True(Argon2id.Verify(password, theirs), theirs);
        Assert.False(Argon2id.Verify([.. password, 0], theirs), theirs);
    }

    /// <summary>The same on processors without the instructions of this one, which .NET leaves out on request.</summary>
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Hash_WithoutTheInstructions_IsTheSame(string instructions)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-noColor", "-method", $"*.{nameof(PasswordHashesTests)}.{nameof(Hash_AndThatOfLibsodium_VerifyEachOther)}"]) { RedirectStandardOutput = true };
        start.Environment[instructions] = "0";
        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await program.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill();
        }

        Assert.True(program.ExitCode == 0, await output);
        Assert.Contains("Total: 9, Errors: 0, Failed: 0", await output, StringComparison.Ordinal);
    }

    /// <summary>Memory that another hash has left behind changes nothing; neither does a smaller or larger one in between.</summary>
    [Fact]
    public void Hash_MemoryOfAnother_IsOverwritten()
    {
        var phc = Argon2id.Hash("first"u8, 64, 2);
        foreach (var other in (int[])[64, 8, 4096, 64])
        {
            Assert.False(Argon2id.Verify("second"u8, Argon2id.Hash("other"u8, other, 1)));
            Assert.True(Argon2id.Verify("first"u8, phc));
        }

        HashingMemory.Release();
        Assert.True(Argon2id.Verify("first"u8, phc));
    }

    [Theory]
    [InlineData("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDd")] // bits behind the last byte
    [InlineData("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhb$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc")] // no length of bytes
    public void IsHash_NotCanonicalBase64_IsFalse(string phc) => Assert.False(PasswordHashes.IsHash(phc));

    // From the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 / -p 2.
    [Theory]
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc")]
    public void Verify_HashOfTheReferenceImplementation_Matches(string phc)
    {
        Assert.True(PasswordHashes.IsHash(phc));
        Assert.True(Argon2id.Verify("password"u8, phc));
        Assert.False(Argon2id.Verify("Password"u8, phc));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=4000000,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=65536,t=2000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$2a$31$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzabcde")]
    [InlineData("$2a$10$short")]
    public void IsHash_NotOneThatCanBeChecked_IsFalse(string text) => Assert.False(PasswordHashes.IsHash(text));

    [Fact]
    public void Verify_BcryptOfAPasswordBeyond72Bytes_ComparesTheFirst72AsTheOldSystemDid()
    {
        var hash = BCrypt.Net.BCrypt.HashPassword(new string('x', 72), 4);
        Assert.True(BCrypt.Net.BCrypt.Verify(new string('x', 72) + "anything", hash));
        Assert.Equal(72, Encoding.UTF8.GetByteCount(new string('x', 72)));
    }

    private static bool LibsodiumVerifies(string phc, byte[] password)
    {
        var terminated = new byte[128];
        Encoding.ASCII.GetBytes(phc, terminated);
        return VerifyPhc(terminated, password, (ulong)password.Length) == 0;
    }

    private static string LibsodiumHash(byte[] password, int memoryKib, int passes)
    {
        const int Argon2id13 = 2;
        var phc = new byte[128];
        Assert.Equal(0, HashToPhc(phc, password, (ulong)password.Length, (ulong)passes, (nuint)memoryKib * 1024, Argon2id13));
        return Encoding.ASCII.GetString(phc.AsSpan(0, Array.IndexOf(phc, (byte)0)));
    }

    [LibraryImport("libsodium", EntryPoint = "crypto_pwhash_str_alg")]
    private static partial int HashToPhc(Span<byte> phc, ReadOnlySpan<byte> password, ulong passwordLength, ulong passes, nuint memoryBytes, int algorithm);

    [LibraryImport("libsodium", EntryPoint = "crypto_pwhash_str_verify")]
    private static partial int VerifyPhc(ReadOnlySpan<byte> phc, ReadOnlySpan<byte> password, ulong passwordLength);
}

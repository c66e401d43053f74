using System.Text;
using ShTP.Auth.Passwords;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class PasswordHashesTests
{
    [Fact]
    public void Hash_RecommendedParameters_IsAPhcStringThatVerifies()
    {
        var phc = Argon2id.Hash("correct horse"u8, 19 * 1024, 2);
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", phc);
        Assert.True(Argon2id.Verify("correct horse"u8, phc));
        Assert.False(Argon2id.Verify("correct horsf"u8, phc));
        Assert.Equal((19456, 2, 1), Argon2id.ParametersOf(phc));
    }

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
}

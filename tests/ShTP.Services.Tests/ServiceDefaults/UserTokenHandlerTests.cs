using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using ShTP.Api.V1;
using ShTP.Rpc.Access;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class UserTokenHandlerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly UserTokenHandler _handler;

    public UserTokenHandlerTests() => _handler = new UserTokenHandler(new TestKeySource(null), _time);

    [Fact]
    public async Task ValidateAsync_ValidToken_TellsTheUser()
    {
        var user = Guid.NewGuid();
        var session = Guid.NewGuid();

        var result = await ValidateAsync(TestTokens.User(user, Role.Teacher, now: Now, session: session));

        Assert.True(result.IsValid);
        Assert.Equal(new CurrentUser(user, Role.Teacher, session), result.User);
        Assert.Equal(Now.AddHours(1), result.ExpiresAt);
    }

    [Fact]
    public async Task ValidateAsync_RememberedTokenExpires_IsRefused()
    {
        var token = TestTokens.User(Guid.NewGuid(), Role.Student, now: Now, change: it => it.Expires = Now.UtcDateTime.AddMinutes(1));
        Assert.True((await ValidateAsync(token)).IsValid);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((TokenFaultKind.Expired, "Signature has expired"), Described(await ValidateAsync(token)));
    }

    [Theory]
    [InlineData("null", "Not enough segments")]
    [InlineData("a.b", "Not enough segments")]
    [InlineData("a.b.c.d.e", "Not enough segments")]
    public async Task ValidateAsync_NotAJwt_IsMalformed(string token, string detail) =>
        Assert.Equal((TokenFaultKind.Malformed, detail), Described(await ValidateAsync(token)));

    [Fact]
    public async Task ValidateAsync_WrongClaims_AreNamed()
    {
        await RefusedAsync("The token is not yet valid (nbf)", it => it.NotBefore = Now.UtcDateTime.AddSeconds(1));
        await RefusedAsync("Invalid audience", it => it.Audience = "other");
        await RefusedAsync("Invalid issuer", it => it.Issuer = "other");
        await RefusedAsync("Signature verification failed", it => it.SigningCredentials = Es256(Foreign(TestKeys.UserKeyId)));
        await RefusedAsync("Signature verification failed", it => it.SigningCredentials = Es256(Foreign("unknown")));
        await RefusedAsync("Token is missing the \"role\" claim or it is malformed", it => it.Claims["role"] = "root");
        await RefusedAsync("Token is missing the \"sub\" claim or it is malformed", it => it.Claims["sub"] = "a@b.c");
    }

    [Fact]
    public async Task ValidateAsync_AlgorithmConfusion_IsRefused()
    {
        var publicKey = ((ECDsa)TestKeys.User.ECDsa).ExportSubjectPublicKeyInfo();
        await RefusedAsync("The specified alg value is not allowed", it =>
            it.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(publicKey) { KeyId = TestKeys.UserKeyId }, SecurityAlgorithms.HmacSha256));

        var parts = TestTokens.User(Guid.NewGuid(), Role.Admin, now: Now).Split('.');
        var none = Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes("""{"alg":"none","typ":"JWT","kid":"test"}"""));
        Assert.Equal("The specified alg value is not allowed", (await ValidateAsync($"{none}.{parts[1]}.")).Fault?.Detail);
        Assert.Equal("Signature verification failed", (await ValidateAsync($"{parts[0]}.{parts[1]}.")).Fault?.Detail);
    }

    [Fact]
    public async Task ValidateAsync_OtherKind_IsRefused()
    {
        var refresh = TestTokens.User(Guid.NewGuid(), Role.Student, "refresh", Now);
        var access = TestTokens.User(Guid.NewGuid(), Role.Student, now: Now);

        Assert.Equal("Only access tokens are allowed", (await ValidateAsync(refresh)).Fault?.Detail);
        Assert.Equal("Only refresh tokens are allowed", (await _handler.ValidateAsync(access, TokenKind.Refresh, Cancel)).Fault?.Detail);
        Assert.True((await _handler.ValidateAsync(refresh, TokenKind.Refresh, Cancel)).IsValid);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ECDsaSecurityKey Foreign(string id) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id };

    private static SigningCredentials Es256(SecurityKey key) => new(key, SecurityAlgorithms.EcdsaSha256);

    private async Task RefusedAsync(string detail, Action<SecurityTokenDescriptor> change) => Assert.Equal(
        (TokenFaultKind.Invalid, detail),
        Described(await ValidateAsync(TestTokens.User(Guid.NewGuid(), Role.Student, now: Now, change: change))));

    private static (TokenFaultKind? Kind, string? Text) Described(TokenResult result) => (result.Fault?.Kind, result.Fault?.Detail.ToString());

    private async Task<TokenResult> ValidateAsync(string token) => await _handler.ValidateAsync(token, TokenKind.Access, Cancel);
}

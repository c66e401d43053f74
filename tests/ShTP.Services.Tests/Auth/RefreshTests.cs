using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class RefreshTests(AuthSystem system) : IClassFixture<AuthSystem>
{
    [Fact]
    public async Task Refresh_WithoutRotation_KeepsTheRefreshTokenAndTakesTheRoleOfToday()
    {
        var (id, _, tokens) = await system.SignedInAsync();
        system.Users.Set(id, Role.Teacher);

        for (var i = 0; i < 2; i++)
        {
            var fresh = await system.Client(tokens.RefreshToken).RefreshAsync(new());
            Assert.False(fresh.HasRefreshToken);
            Assert.Equal(("teacher", "access", "bearer"), (AuthSystem.Claim(fresh.AccessToken, "role"), AuthSystem.Claim(fresh.AccessToken, "type"), fresh.TokenType));
            Assert.Equal(AuthSystem.Claim(tokens.AccessToken, "sid"), AuthSystem.Claim(fresh.AccessToken, "sid"));
        }
    }

    [Fact]
    public async Task Refresh_RotatedTokenUsedAgain_EndsTheSession()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var session = AuthSystem.SessionOf(tokens);
        var first = await system.Client(tokens.RefreshToken).RefreshAsync(new RefreshRequest { Rotate = true });
        var second = await system.Client(first.RefreshToken).RefreshAsync(new RefreshRequest { Rotate = true });

        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(tokens.RefreshToken).RefreshAsync(new()));
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(second.RefreshToken).RefreshAsync(new()));

        Assert.Equal(1, await system.QueryAsync(db => db.Revocations.CountAsync(revocation => revocation.SessionId == session)));
    }

    [Fact]
    public async Task Refresh_TwentyRotationsAtOnce_GiveAllTheSameSuccessor()
    {
        var (_, _, tokens) = await system.SignedInAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await RotateAsync(system, tokens.RefreshToken)));

        Assert.NotEqual(AuthSystem.Claim(tokens.RefreshToken, "jti"), Assert.Single(results.Select(token => AuthSystem.Claim(token, "jti")).Distinct()));
        await RotateAsync(system, results[7]);
    }

    [Fact]
    public async Task Refresh_RotatedTokenUsedAgainWithinAMinute_GivesTheSameSuccessorUntilThatIsUsed()
    {
        await using var own = await AuthSystem.StartAsync();
        var (_, _, tokens) = await own.SignedInAsync();
        var lost = await RotateAsync(own, tokens.RefreshToken);
        own.Time.Advance(TimeSpan.FromSeconds(50));

        Assert.NotEmpty((await own.Client(tokens.RefreshToken).RefreshAsync(new())).AccessToken);
        var found = await RotateAsync(own, tokens.RefreshToken);
        Assert.Equal(AuthSystem.Claim(lost, "jti"), AuthSystem.Claim(found, "jti"));

        await own.Client(found).RefreshAsync(new());
        await AssertEndsAsync(own, tokens.RefreshToken, found);
    }

    [Fact]
    public async Task Refresh_RotatedTokenUsedAgainLater_EndsTheSession()
    {
        await using var own = await AuthSystem.StartAsync();
        var (_, _, tokens) = await own.SignedInAsync();
        var successor = await RotateAsync(own, tokens.RefreshToken);
        own.Time.Advance(TimeSpan.FromSeconds(61));

        await AssertEndsAsync(own, tokens.RefreshToken, successor);
    }

    private static async Task<string> RotateAsync(AuthSystem system, string token) =>
        (await system.Client(token).RefreshAsync(ClientJson.Parse<RefreshRequest>("""{"rotate":true}"""))).RefreshToken;

    private static async Task AssertEndsAsync(AuthSystem system, string reused, string current)
    {
        var fault = await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(reused).RefreshAsync(new RefreshRequest { Rotate = true }));
        Assert.Equal("The refresh token was used already, the session has ended", fault.Status.Detail);
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(current).RefreshAsync(new()));
    }

    [Fact]
    public async Task Refresh_UserGone_IsUnauthenticated()
    {
        var (id, _, tokens) = await system.SignedInAsync();
        system.Users.People.TryRemove(id, out _);
        var fault = await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(tokens.RefreshToken).RefreshAsync(new()));
        Assert.Equal("No login", fault.Status.Detail);
    }

    [Fact]
    public async Task Refresh_AfterLogout_IsUnauthenticated()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        await system.Client(tokens.AccessToken).LogoutAsync(new());
        await system.RefusedAsync(tokens.AccessToken, StatusCode.Unauthenticated, "The session has ended");
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(tokens.RefreshToken).RefreshAsync(new()));
    }

    [Fact]
    public async Task Refresh_WithAccessToken_IsRefusedAndTheOtherWayRound()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(tokens.AccessToken).RefreshAsync(new()));
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(tokens.RefreshToken).ListSessionsAsync(new()));
    }

    [Fact]
    public async Task Refresh_RoleChangesWhileUsersAnswers_GivesTheNewRole()
    {
        var own = await AuthSystem.StartAsync();
        await using var _ = own;
        var (id, _, tokens) = await own.SignedInAsync(Api.V1.Role.Admin);
        // The answer was made before it.
        own.Users.BeforeAnswer = async () =>
        {
            own.Users.BeforeAnswer = null;
            own.Users.Set(id, Api.V1.Role.Student);
            await own.Internal().ExpireAccessTokensAsync(new ExpireAccessTokensRequest { UserId = id.ToString() }, AuthSystem.Message());
        };

        var fresh = await own.Client(tokens.RefreshToken).RefreshAsync(new());

        Assert.Equal("student", AuthSystem.Claim(fresh.AccessToken, "role"));
        await own.RefusedAsync(tokens.AccessToken, StatusCode.PermissionDenied, "Signature has expired");
        await own.Client(fresh.AccessToken).ListSessionsAsync(new());
    }

    [Fact]
    public async Task Refresh_Often_NotesTheUseOnceAMinute()
    {
        await using var own = await AuthSystem.StartAsync();
        var (_, _, tokens) = await own.SignedInAsync();
        var start = await LastUsedAsync();
        own.Time.Advance(TimeSpan.FromSeconds(50));
        await own.Client(tokens.RefreshToken).RefreshAsync(new());
        Assert.Equal(start, await LastUsedAsync());
        own.Time.Advance(TimeSpan.FromSeconds(20));
        await own.Client(tokens.RefreshToken).RefreshAsync(new());
        Assert.Equal(start + TimeSpan.FromSeconds(70), await LastUsedAsync());

        Task<DateTimeOffset> LastUsedAsync() => own.QueryAsync(db => db.Sessions.Select(session => session.LastUsedAt).SingleAsync());
    }
}

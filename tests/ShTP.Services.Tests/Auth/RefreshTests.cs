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
        system.Users.Roles[id] = Role.Teacher;

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
    public async Task Refresh_TwentyRotationsAtOnce_OneWinsAndTheSessionEnds()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var session = AuthSystem.SessionOf(tokens);

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                return (await system.Client(tokens.RefreshToken).RefreshAsync(new RefreshRequest { Rotate = true })).RefreshToken;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.Unauthenticated)
            {
                return null;
            }
        }));

        var winner = Assert.Single(results, token => token is not null);
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(winner).RefreshAsync(new()));
        Assert.Equal(1, await system.QueryAsync(db => db.Revocations.CountAsync(revocation => revocation.SessionId == session)));
    }

    [Fact]
    public async Task Refresh_UserGone_IsUnauthenticated()
    {
        var (id, _, tokens) = await system.SignedInAsync();
        system.Users.Roles.TryRemove(id, out _);
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
            own.Users.Roles[id] = Api.V1.Role.Student;
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

using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Auth;

/// <summary>Rights that are taken back while no time passes at all, or while it runs backwards.</summary>
public sealed class RightsVersionTests
{
    private const int Rounds = 10;

    [Theory]
    [InlineData(0)]
    [InlineData(-20)]
    [InlineData(-3600)]
    public async Task ExpireAccessTokens_ClockStandsOrGoesBack_TakesTheRightsEveryTime(int stepSeconds)
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, email) = await system.CreateUserAsync();
        for (var round = 0; round < Rounds; round++)
        {
            await ChangeAsync(system, id, Role.Admin);
            var admin = await system.LogInAsync(email);
            Assert.Equal("admin", AuthSystem.Claim(admin.AccessToken, "role"));
            await AtAsync(system, stepSeconds, () => ChangeAsync(system, id, Role.Student));

            await system.RefusedAsync(admin.AccessToken, StatusCode.PermissionDenied, "Signature has expired");
            var refreshed = await system.Client(admin.RefreshToken).RefreshAsync(new());
            Assert.Equal("student", AuthSystem.Claim(refreshed.AccessToken, "role"));
            await system.Client(refreshed.AccessToken).ListSessionsAsync(new());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-20)]
    [InlineData(-3600)]
    public async Task DeleteUser_ClockStandsOrGoesBack_EndsTheTokensEveryTime(int stepSeconds)
    {
        await using var system = await AuthSystem.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var (id, _, tokens) = await system.SignedInAsync(Role.Admin);
            await AtAsync(system, stepSeconds, async () => await system.Internal().DeleteUserAsync(new DeleteUserRequest { UserId = id.ToString() }, AuthSystem.Message()));

            await system.RefusedAsync(tokens.AccessToken, StatusCode.Unauthenticated, "The session has ended");
        }
    }

    [Fact]
    public async Task ExpireAccessTokens_ByAReplicaWithAnotherClock_CountsAtEveryReplica()
    {
        await using var system = await AuthSystem.StartAsync();
        var slow = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(system.Time.GetUtcNow().AddSeconds(-20));
        var other = await system.AddReplicaAsync(slow);
        var (id, email) = await system.CreateUserAsync(Role.Admin);
        var fast = await system.LogInAsync(email);
        var late = await system.LogInAsync(email, host: other);

        system.Users.Set(id, Role.Student);
        await other.WithToken<AuthInternal.AuthInternalClient>(TestTokens.Service(ResourceNames.Users, ResourceNames.Auth, slow.GetUtcNow()))
            .ExpireAccessTokensAsync(new ExpireAccessTokensRequest { UserId = id.ToString() }, AuthSystem.Message());

        foreach (var host in new[] { system.Host, other })
        {
            await system.RefusedAsync(fast.AccessToken, StatusCode.PermissionDenied, "Signature has expired", host);
            await system.RefusedAsync(late.AccessToken, StatusCode.PermissionDenied, "Signature has expired", host);
        }
    }

    [Fact]
    public async Task Token_WithoutAVersion_IsAcceptedUntilTheRightsChange()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, _) = await system.CreateUserAsync(Role.Admin);
        var ofBefore = TestTokens.User(id, Role.Admin, now: system.Time.GetUtcNow());
        await system.Client(ofBefore).ListSessionsAsync(new());

        await ChangeAsync(system, id, Role.Student);

        await system.RefusedAsync(ofBefore, StatusCode.PermissionDenied, "Signature has expired");
    }

    [Theory]
    [InlineData("one")]
    [InlineData(-1L)]
    public async Task Token_WithAVersionThatIsNone_IsRefused(object version)
    {
        await using var system = await AuthSystem.StartAsync();
        var token = TestTokens.User(Guid.NewGuid(), Role.Admin, now: system.Time.GetUtcNow(), change: it => it.Claims["rv"] = version);

        await system.RefusedAsync(token, StatusCode.Unauthenticated, "Token is missing the \"rv\" claim or it is malformed");
    }

    [Fact]
    public async Task RevokeUser_SignedInTwice_EndsSessionsAndLeavesTheAccount()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, email, tokens) = await system.SignedInAsync();
        var other = await system.LogInAsync(email);

        for (var i = 0; i < 2; i++)
            await system.Internal().RevokeUserAsync(new RevokeUserRequest { UserId = id.ToString() });

        await system.RefusedAsync(tokens.AccessToken, StatusCode.Unauthenticated, "The session has ended");
        await system.RefusedAsync(other.AccessToken, StatusCode.Unauthenticated, "The session has ended");
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(tokens.RefreshToken).RefreshAsync(new()));
        var again = await system.LogInAsync(email);
        await system.Client(again.AccessToken).ListSessionsAsync(new());
    }

    [Fact]
    public async Task SetCredentials_OfADeletedUser_AreNotStored()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, email) = await system.CreateUserAsync();
        await system.Internal().DeleteUserAsync(new DeleteUserRequest { UserId = id.ToString() }, AuthSystem.Message());

        var hash = BCrypt.Net.BCrypt.HashPassword(AuthSystem.Password, 4);
        var credentials = new Credentials { UserId = id.ToString(), Email = email, PasswordHash = hash };
        await system.Internal().SetCredentialsAsync(new SetCredentialsRequest { Credentials = { credentials } }, AuthSystem.Message());

        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email));
        Assert.False(await system.QueryAsync(db => db.Credentials.AnyAsync(known => known.UserId == id)));
    }

    [Fact]
    public async Task RevokeUser_ClockWasSetBackSinceTheTokenWasIssued_IsRememberedUntilTheTokenHasExpired()
    {
        await using var system = await AuthSystem.StartAsync();
        system.Time.Advance(TimeSpan.FromHours(10));
        var (_, _, tokens) = await system.SignedInAsync();
        var issuedAt = system.Time.GetUtcNow();
        system.Time.AdjustTime(issuedAt.AddHours(-10));
        // By an administrator, as it were: by this clock the token itself is not valid yet.
        await system.Internal().RevokeUserAsync(new RevokeUserRequest { UserId = AuthSystem.Claim(tokens.AccessToken, "sub") });

        var revocation = await system.QueryAsync(db => db.Revocations.SingleAsync(known => known.SessionId == AuthSystem.SessionOf(tokens)));

        Assert.True(revocation.ForgetAt >= issuedAt.AddDays(1));
    }

    // While the clock is wrong; it is right again afterwards, or the token would be none of this time.
    private static async Task AtAsync(AuthSystem system, int stepSeconds, Func<Task> change)
    {
        var now = system.Time.GetUtcNow();
        system.Time.AdjustTime(now.AddSeconds(stepSeconds));
        await change();
        system.Time.AdjustTime(now);
    }

    private static async Task ChangeAsync(AuthSystem system, Guid id, Role role)
    {
        system.Users.Set(id, role);
        await system.Internal().ExpireAccessTokensAsync(new ExpireAccessTokensRequest { UserId = id.ToString() }, AuthSystem.Message());
    }
}

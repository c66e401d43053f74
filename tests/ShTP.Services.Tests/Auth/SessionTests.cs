using Grpc.Core;
using ShTP.Auth.V1;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class SessionTests(AuthSystem system) : IClassFixture<AuthSystem>
{
    [Fact]
    public async Task ListSessions_SeveralLogins_AreListedForTheirUserOnly()
    {
        var (_, email, first) = await system.SignedInAsync();
        var second = await system.LogInAsync(email);
        await system.SignedInAsync();

        var sessions = (await system.Client(second.AccessToken).ListSessionsAsync(new())).Sessions;

        Assert.Equal(2, sessions.Count);
        Assert.Equal(AuthSystem.SessionOf(second).ToString(), Assert.Single(sessions, session => session.Current).Uuid);
        Assert.Contains(sessions, session => session.Uuid == AuthSystem.SessionOf(first).ToString());
    }

    [Fact]
    public async Task RevokeSession_Own_EndsIt()
    {
        var (_, email, first) = await system.SignedInAsync();
        var second = await system.LogInAsync(email);

        await system.Client(second.AccessToken).RevokeSessionAsync(new RevokeSessionRequest { Uuid = AuthSystem.SessionOf(first).ToString() });

        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(first.RefreshToken).RefreshAsync(new()));
        await system.Client(second.RefreshToken).RefreshAsync(new());
    }

    [Fact]
    public async Task RevokeSession_OfSomebodyElse_IsNotFoundAndStays()
    {
        var (_, _, mine) = await system.SignedInAsync();
        var (_, _, theirs) = await system.SignedInAsync();

        await Failing.WithAsync(StatusCode.NotFound, async () =>
            await system.Client(mine.AccessToken).RevokeSessionAsync(new RevokeSessionRequest { Uuid = AuthSystem.SessionOf(theirs).ToString() }));

        await system.Client(theirs.RefreshToken).RefreshAsync(new());
    }

    [Fact]
    public async Task RevokeSession_NoUuid_IsInvalid()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var fault = await Failing.WithAsync(StatusCode.InvalidArgument, async () =>
            await system.Client(tokens.AccessToken).RevokeSessionAsync(new RevokeSessionRequest { Uuid = "' OR 1=1" }));
        Assert.StartsWith("uuid: ", fault.Status.Detail);
    }

    [Fact]
    public async Task RevokeOtherSessions_ThreeOpen_OnlyTheCurrentStays()
    {
        var (_, email, first) = await system.SignedInAsync();
        await system.LogInAsync(email);
        await system.LogInAsync(email);

        await system.Client(first.AccessToken).RevokeOtherSessionsAsync(new());

        Assert.True(Assert.Single((await system.Client(first.AccessToken).ListSessionsAsync(new())).Sessions).Current);
    }

    [Fact]
    public async Task ListSessions_WithoutToken_IsUnauthenticated() =>
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client().ListSessionsAsync(new()));
}

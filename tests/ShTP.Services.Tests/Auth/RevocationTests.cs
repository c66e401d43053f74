using Grpc.Core;
using Npgsql;
using ShTP.Auth.V1;
using ShTP.Api.V1;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class RevocationTests
{
    [Fact]
    public async Task WatchRevocations_PastAndNew_ComeFromEveryReplica()
    {
        await using var system = await AuthSystem.StartAsync();
        var other = await system.AddReplicaAsync();
        var (_, _, past) = await system.SignedInAsync();
        var (id, _, live) = await system.SignedInAsync();
        await system.Client(past.AccessToken).LogoutAsync(new());

        using var watch = await Watch.OpenAsync(system, other);
        var snapshot = new List<Revocation>();
        while (await watch.NextAsync() is { SnapshotEnd: false } message)
            snapshot.Add(message.Revocation);
        await system.Client(live.AccessToken).LogoutAsync(new());
        var ended = await watch.FindAsync(revocation => revocation.SessionId == AuthSystem.SessionOf(live).ToString());
        await system.Internal().ExpireAccessTokensAsync(new ExpireAccessTokensRequest { UserId = id.ToString() }, AuthSystem.Message());
        var expired = await watch.FindAsync(revocation => revocation.UserId == id.ToString());
        await system.Internal().DeleteUserAsync(new DeleteUserRequest { UserId = id.ToString() }, AuthSystem.Message());
        var deleted = await watch.FindAsync(revocation => revocation.UserId == id.ToString());

        Assert.Contains(snapshot, revocation => revocation.SessionId == AuthSystem.SessionOf(past).ToString());
        Assert.Equal((false, true, false), (ended.ExpiredOnly, expired.ExpiredOnly, deleted.ExpiredOnly));
        Assert.Equal((1, long.MaxValue), (expired.BelowVersion, deleted.BelowVersion));
        Assert.Null(deleted.ForgetAt);
        Assert.True(ended.ForgetAt.ToDateTimeOffset() > system.Time.GetUtcNow() + TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task WatchRevocations_NothingHappens_BeatsEveryTwoSeconds()
    {
        await using var system = await AuthSystem.StartAsync();
        using var watch = await Watch.OpenAsync(system, system.Host);
        Assert.True((await watch.NextAsync()).SnapshotEnd);
        for (var i = 0; i < 3; i++)
        {
            var message = await watch.NextAsync();
            Assert.Equal((null, false), (message.Revocation, message.SnapshotEnd));
        }
    }

    [Fact]
    public async Task WatchRevocations_ListeningConnectionKilled_EndsAndMissesNothingAfterwards()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, _, tokens) = await system.SignedInAsync();
        using var cut = await Watch.OpenAsync(system, system.Host);
        Assert.True((await cut.NextAsync()).SnapshotEnd);

        await using (var connection = new NpgsqlConnection(system.ConnectionString))
        {
            await connection.OpenAsync();
            await using var kill = new NpgsqlCommand(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'auth signals' AND datname = current_database()", connection);
            await kill.ExecuteNonQueryAsync();
        }

        await Failing.WithAsync(StatusCode.Unavailable, async () =>
        {
            while (true)
                await cut.NextAsync();
        });
        await system.Client(tokens.AccessToken).LogoutAsync(new());
        using var again = await Watch.OpenAsync(system, system.Host);
        Assert.Equal(AuthSystem.SessionOf(tokens).ToString(), (await again.NextAsync()).Revocation.SessionId);
    }

    [Fact]
    public async Task WatchRevocations_ByWhoChecksNoUsers_IsDenied()
    {
        await using var system = await AuthSystem.StartAsync();
        using var call = system.Internal(system.Host, ResourceNames.Checker).WatchRevocations(new());
        await Failing.WithAsync(StatusCode.PermissionDenied, () => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task WatchRevocations_ForgottenOnes_AreNotSentAndDeleted()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, _, tokens) = await system.SignedInAsync();
        await system.Client(tokens.AccessToken).LogoutAsync(new());

        system.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(71));

        using var watch = await Watch.OpenAsync(system, system.Host);
        Assert.True((await watch.NextAsync()).SnapshotEnd);
        await Eventually.HoldsAsync(
            async () => await system.QueryAsync(db => Task.FromResult(!db.Revocations.Any() && !db.Sessions.Any())), "what is over is deleted");
    }
}

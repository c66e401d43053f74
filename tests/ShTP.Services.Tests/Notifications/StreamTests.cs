using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using ShTP.Data;
using ShTP.Notifications.Live;
using ShTP.Notifications.Messages;
using ShTP.Notifications.V1;
using ShTP.Testing;
using Xunit;
using static ShTP.Services.Tests.Notifications.NotificationsSystem;

namespace ShTP.Services.Tests.Notifications;

public sealed class StreamTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    [Fact]
    public async Task Stream_WithoutLastEventId_StartsWithWhatComesNextAndReadsNothing()
    {
        var (user, other) = (system.Users.Add(), system.Users.Add());
        await system.TellAsync("before", user);
        using var watch = await Watch.OpenAsync(system.Host, user);
        await system.TellAsync("not mine", other);
        await system.TellAsync("after", user, other);

        var message = await watch.NextAsync();
        var unread = (await system.As(user).ListUnreadAsync(new ListUnreadRequest())).Notifications;
        Assert.Equal(["after", "before"], unread.Select(TextOf));
        Assert.Equal(unread[0], message.Notification);
        Assert.True(message.Sequence > 0);
    }

    [Fact]
    public async Task Stream_LastEventId_GoesOnBehindItOldestFirst()
    {
        var user = system.Users.Add();
        using var all = await Watch.OpenAsync(system.Host, user, 0);
        for (var i = 0; i < 4; i++)
            await system.TellAsync($"{i}", user);
        var seen = await all.NextAsync(4);

        using var rest = await Watch.OpenAsync(system.Host, user, seen[1].Sequence);
        await system.TellAsync("4", user);
        var got = await rest.NextAsync(3);
        Assert.Equal(["2", "3", "4"], got.Select(message => TextOf(message.Notification)));
        Assert.Equal(seen.Skip(2), got.Take(2));
        Assert.Equal(got[2], await all.NextAsync());
    }

    [Fact]
    public async Task Stream_FarBehind_GoesBackAThousand()
    {
        var (user, other) = (system.Users.Add(), system.Users.Add());
        using var passed = await Watch.OpenAsync(system.Host, other);
        await DeliverAsync([.. Enumerable.Repeat(user, 1003)]);
        // The service has read them too when it has read what came later; a stream that joins before would lag behind.
        await system.TellAsync("passed", other);
        await passed.NextAsync();
        using var watch = await Watch.OpenAsync(system.Host, user, 0);
        await system.TellAsync("live", user);
        var first = await watch.NextAsync();
        var got = await watch.NextAsync(1001);
        var numbers = await system.WithDbAsync(db => db.Notifications.Where(n => n.UserId == user).OrderBy(n => n.Sequence).Select(n => n.Sequence).ToListAsync());
        Assert.Equal(numbers.Skip(3), got.Select(message => message.Sequence));
        Assert.Equal(new StreamNotificationsResponse { Sequence = numbers[2], Reload = true }, first);
        // Cut before the rest, it is told again.
        using var again = await Watch.OpenAsync(system.Host, user, first.Sequence);
        Assert.Equal(new StreamNotificationsResponse { Sequence = numbers[3], Reload = true }, await again.NextAsync());
    }

    [Fact]
    public async Task Stream_CutBeforeItsFirstNotification_MissesNothing()
    {
        var (user, other) = (system.Users.Add(), system.Users.Add());
        long empty, place;
        using (var watch = await Watch.OpenAsync(system.Host, user))
            empty = watch.Place;
        await system.TellAsync("first", user);
        await system.TellAsync("not mine", other);
        using (var watch = await Watch.OpenAsync(system.Host, user, empty))
            Assert.Equal("first", TextOf((await watch.NextAsync()).Notification));
        using (var watch = await Watch.OpenAsync(system.Host, user))
            place = watch.Place;
        await system.As(user).MarkReadAsync(new MarkReadRequest { All = true });
        await system.TellAsync("second", user);

        using var rest = await Watch.OpenAsync(system.Host, user, place);

        Assert.Equal((0, "second"), (empty, TextOf((await rest.NextAsync()).Notification)));
    }

    [Theory]
    [InlineData("of another")]
    [InlineData("in the future")]
    [InlineData("the largest")]
    public async Task Stream_NumberThatWasNeverGivenToTheUser_TellsToReloadAndGoesOn(string kind)
    {
        var (user, other) = (system.Users.Add(), system.Users.Add());
        await system.TellAsync("before", user);
        using var foreign = await Watch.OpenAsync(system.Host, other, 0);
        await system.TellAsync("not mine", other);
        var number = (await foreign.NextAsync()).Sequence;
        using var watch = await Watch.OpenAsync(system.Host, user, kind switch { "of another" => number, "in the future" => number + 1_000_000, _ => long.MaxValue });

        var first = await watch.NextAsync();
        await system.TellAsync("after", user);

        Assert.Equal((true, null), (first.Reload, first.Notification));
        Assert.Equal("after", TextOf((await watch.NextAsync()).Notification));
        using var rest = await Watch.OpenAsync(system.Host, user, first.Sequence);
        Assert.Equal("after", TextOf((await rest.NextAsync()).Notification));
    }

    [Fact]
    public async Task Stream_DatabaseWasSetBack_TellsToReloadAndGoesOn()
    {
        await using var own = new NotificationsSystem();
        await own.InitializeAsync();
        var user = own.Users.Add();
        await own.TellAsync("in the backup", user);
        await own.TellAsync("lost", user);
        using var before = await Watch.OpenAsync(own.Host, user, 0);
        var received = (await before.NextAsync(2))[1].Sequence;
        await ExecuteAsync(own, $"DELETE FROM notifications WHERE sequence = {received}; SELECT setval(pg_get_serial_sequence('notifications', 'sequence'), {received - 1})");

        using var watch = await Watch.OpenAsync(own.Host, user, received);
        var first = await watch.NextAsync();
        await own.TellAsync("the same number again", own.Users.Add());
        await own.TellAsync("after", user);

        Assert.Equal((true, received - 1), (first.Reload, first.Sequence));
        var next = await watch.NextAsync();
        Assert.Equal(("after", received + 1), (TextOf(next.Notification), next.Sequence));
    }

    [Fact]
    public async Task Stream_NegativeLastEventId_IsInvalid() =>
        Assert.Equal(
            "lastEventId: must not be negative",
            (await Assert.ThrowsAsync<RpcException>(async () => await (await Watch.OpenAsync(system.Host, Guid.NewGuid(), -1)).NextAsync())).Status.Detail);

    [Fact]
    public async Task Stream_NotificationMadeByAnotherReplica_Comes()
    {
        var user = system.Users.Add();
        var other = await system.StartReplicaAsync();
        using var watch = await Watch.OpenAsync(other, user);
        await system.TellAsync("text", user);
        Assert.Equal("text", TextOf((await watch.NextAsync()).Notification));
    }

    [Fact]
    public async Task Stream_ReplicaStops_EndsAtOnceAndGoesOnAtAnother()
    {
        var user = system.Users.Add();
        var stopping = await system.StartReplicaAsync(isDisposed: false);
        using var watch = await Watch.OpenAsync(stopping, user);
        await system.TellAsync("first", user);
        var first = await watch.NextAsync();
        var next = Assert.ThrowsAsync<RpcException>(watch.NextAsync);
        stopping.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal(StatusCode.Unavailable, (await next).StatusCode);
        await stopping.DisposeAsync();
        await system.TellAsync("second", user);
        using var rest = await Watch.OpenAsync(system.Host, user, first.Sequence);
        Assert.Equal("second", TextOf((await rest.NextAsync()).Notification));
    }

    [Fact]
    public async Task Stream_ListeningConnectionIsCut_EndsUnavailableAndGoesOn()
    {
        await using var own = new NotificationsSystem();
        await own.InitializeAsync();
        var user = own.Users.Add();
        using var watch = await Watch.OpenAsync(own.Host, user);
        await own.TellAsync("first", user);
        var first = await watch.NextAsync();
        var cut = Assert.ThrowsAsync<RpcException>(watch.NextAsync);

        await ExecuteAsync(own, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'live notifications' AND datname = current_database()");
        Assert.Equal(StatusCode.Unavailable, (await cut).StatusCode);
        await own.TellAsync("meanwhile", user);
        await Watch.UntilPossibleAsync(own.Host);
        using var rest = await Watch.OpenAsync(own.Host, user, first.Sequence);
        await own.TellAsync("live", user);
        Assert.Equal(["meanwhile", "live"], (await rest.NextAsync(2)).Select(message => TextOf(message.Notification)));
    }

    [Fact]
    public async Task Stream_FirstInserterIsSlower_SkipsNothing()
    {
        var user = system.Users.Add();
        using var watch = await Watch.OpenAsync(system.Host, user, 0);
        var second = Task.CompletedTask;
        await system.WithDbAsync(db => db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.DeliverAsync(Delivery.ForEach([user], 4, """{"text":"slow"}""", DateTimeOffset.UtcNow), new QuietUsers(), CancellationToken.None);
            second = system.TellAsync("fast", user);
            await Eventually.HoldsAsync(
                () => db.Database.SqlQuery<bool>($"SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = {AdvisoryLocks.NotificationSequence} AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS \"Value\"").SingleAsync(),
                "the second inserter waits");
            await transaction.CommitAsync();
            return 0;
        }));
        await second;
        Assert.Equal(["slow", "fast"], (await watch.NextAsync(2)).Select(message => TextOf(message.Notification)));
    }

    [Fact]
    public void Feed_DatabaseIsNotHeard_IsUnavailable()
    {
        var feed = new LiveFeed();
        Assert.Equal(StatusCode.Unavailable, Assert.Throws<RpcException>(() => feed.Subscribe(Guid.NewGuid())).StatusCode);
    }

    [Fact]
    public async Task Feed_SubscriberLags_IsEndedAloneAfterWhatItHas()
    {
        var (feed, user) = (new LiveFeed(), Guid.NewGuid());
        feed.Open();
        using var lagging = feed.Subscribe(user);
        for (var i = 1; i <= 1000; i++)
            feed.Publish(user, () => new StreamNotificationsResponse { Sequence = i });
        using var quick = feed.Subscribe(user);
        feed.Publish(user, () => new StreamNotificationsResponse { Sequence = 1001 });
        var got = 0;
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var message in lagging.ReadAllAsync(default))
                Assert.Equal(++got, message.Sequence);
        });
        Assert.Equal((1000, StatusCode.Unavailable), (got, ended.StatusCode));
        await foreach (var message in quick.ReadAllAsync(default))
        {
            Assert.Equal(1001, message.Sequence);
            break;
        }
    }

    [Fact]
    public void Feed_ManyStreamsOfOneUser_RefusesMoreUntilOneEnds()
    {
        var (feed, user) = (new LiveFeed(), Guid.NewGuid());
        feed.Open();
        var open = Enumerable.Range(0, 50).Select(_ => feed.Subscribe(user)).ToList();
        var refused = Assert.Throws<RpcException>(() => feed.Subscribe(user)).Status;
        Assert.Equal((StatusCode.ResourceExhausted, "50 streams of yours are open already"), (refused.StatusCode, refused.Detail));
        feed.Subscribe(Guid.NewGuid()).Dispose();
        open[0].Dispose();
        feed.Subscribe(user).Dispose();
    }

    private Task<int> DeliverAsync(Guid[] users) => system.WithDbAsync(async db =>
    {
        await db.DeliverAsync(Delivery.ForEach(users, 4, """{"text":"a"}""", DateTimeOffset.UtcNow), new QuietUsers(), CancellationToken.None);
        return 0;
    });

    private static async Task ExecuteAsync(NotificationsSystem own, string sql)
    {
        await using var connection = new NpgsqlConnection(own.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

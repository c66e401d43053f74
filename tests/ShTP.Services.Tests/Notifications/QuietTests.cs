using System.Collections.Concurrent;
using ShTP.Api.V1;
using ShTP.Notifications;
using ShTP.Notifications.V1;
using ShTP.Protos;
using ShTP.Testing;
using Xunit;
using NotificationsService = ShTP.Notifications.V1.NotificationsService;

namespace ShTP.Services.Tests.Notifications;

/// <summary>Polls of users for whom nothing waits are answered without the database, and nobody misses anything for it.</summary>
public sealed class QuietTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    [Fact]
    public async Task TakeNotifications_NothingNew_NeedsNoStatementButTheFirst()
    {
        await using var own = new OwnSystem();
        var alone = await own.StartAsync();
        var user = alone.Users.Add();
        Assert.Empty(await TakeAsync(alone.Host, user));
        var before = CountStatements();
        Assert.NotEqual(0, before);

        for (var i = 0; i < 10; i++)
            Assert.Empty(await TakeAsync(alone.Host, user));

        Assert.Equal(before, CountStatements());

        // The service has statements of its own at any time.
        int CountStatements() => alone.Statements.Count(statement => statement.Parameters.Any(parameter => user.Equals(parameter.Value)));
    }

    [Fact]
    public async Task TakeNotifications_AfterANotification_GivesItAtOnce()
    {
        var user = system.Users.Add();
        for (var i = 0; i < 30; i++)
        {
            Assert.Empty(await TakeAsync(system.Host, user));
            await system.TellAsync($"{i}", user);
            Assert.Equal([$"{i}"], await TakeAsync(system.Host, user));
            await SettleAllAsync(user);
        }
    }

    [Fact]
    public async Task TakeNotifications_AfterANotificationOfAnotherReplica_GivesItSoon()
    {
        var other = await system.StartReplicaAsync();
        var user = system.Users.Add();
        for (var i = 0; i < 5; i++)
        {
            await SettleAllAsync(user);
            Assert.Empty(await TakeAsync(other, user));
            Assert.Empty(await TakeAsync(other, user));
            await system.TellAsync($"{i}", user);
            string[] taken = [];
            await Eventually.HoldsAsync(async () => (taken = await TakeAsync(other, user)).Length > 0, "the other replica gives it");
            Assert.Equal([$"{i}"], taken);
        }
    }

    /// <summary>An answer that was lost makes its notifications unread again: until it is settled its user is not quiet.</summary>
    [Fact]
    public async Task TakeNotifications_AfterALostAnswer_GivesItAgain()
    {
        var user = system.Users.Add();
        Assert.Empty(await TakeAsync(system.Host, user));
        await system.TellAsync("lost", user);
        var client = system.As(user);
        using var call = client.TakeNotificationsAsync(new TakeNotificationsRequest());
        var delivery = (await call.ResponseHeadersAsync).GetValue(CallMetadata.Delivery)!;
        Assert.Single((await call).Notifications);
        Assert.Empty(await TakeAsync(system.Host, user));

        await system.AsService("gateway").SettleDeliveryAsync(new SettleDeliveryRequest { UserId = user.ToString(), Delivery = delivery, Arrived = false });

        Assert.Equal(["lost"], await TakeAsync(system.Host, user));
    }

    [Fact]
    public async Task TakeNotifications_ByManyWhileManyAreTold_GivesEachOnce()
    {
        var other = await system.StartReplicaAsync();
        var users = Enumerable.Range(0, 8).Select(_ => system.Users.Add()).ToArray();
        var taken = new ConcurrentQueue<string>();
        using var done = new CancellationTokenSource();
        var polls = users.SelectMany(user => new[] { system.Host, other }.Select(host => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var texts = await TakeAsync(host, user);
                foreach (var text in texts)
                    taken.Enqueue($"{user} {text}");
                // What is not settled is given again after some seconds, which a slow machine reaches.
                if (texts.Length > 0)
                    await SettleAllAsync(user);
            }
        }))).ToList();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async teller =>
        {
            for (var i = 0; i < 40; i++)
                await system.TellAsync($"{teller}.{i}", i % 4 == 0 ? users : [users[(teller + i) % users.Length]]);
        }));
        const int Told = 4 * ((10 * 8) + 30);
        await Eventually.HoldsAsync(() => Task.FromResult(taken.Count >= Told), "everything has come");
        await done.CancelAsync();
        await Task.WhenAll(polls);

        Assert.Equal(Told, taken.Count);
        Assert.Equal(Told, taken.Distinct().Count());
    }

    [Fact]
    public async Task HasUnread_OfAUserForWhomNothingWaits_SaysThatItStaysSo_AndWatchUnreadTellsWhenNot()
    {
        var user = system.Users.Add();
        using var watch = system.AsService("users").WatchUnread(new WatchUnreadRequest());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.True(await watch.ResponseStream.MoveNext(limit.Token));
        Assert.True((await AskAsync(user)).IsQuiet);

        await system.TellAsync("new", user);
        while (!watch.ResponseStream.Current.UserIds.Contains(user.ToString()))
            Assert.True(await watch.ResponseStream.MoveNext(limit.Token));
        Assert.Equal(new HasUnreadResponse { HasUnread = true }, await AskAsync(user));

        // Taken, but whether the answer has arrived is not known.
        Assert.Single(await TakeAsync(system.Host, user));
        Assert.Equal(new HasUnreadResponse(), await AskAsync(user));
        await SettleAllAsync(user);
        Assert.Equal(new HasUnreadResponse { IsQuiet = true }, await AskAsync(user));
    }

    private async Task<HasUnreadResponse> AskAsync(Guid user) => await system.AsService("users").HasUnreadAsync(new HasUnreadRequest { UserId = user.ToString() });

    private Task<int> SettleAllAsync(Guid user) => system.WithDbAsync(db =>
        Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlAsync(db.Database, $"UPDATE notifications SET delivery = NULL WHERE user_id = {user}"));

    private static async Task<string[]> TakeAsync(ServiceHost<NotificationsDb> host, Guid user) =>
    [
        .. (await host.As<NotificationsService.NotificationsServiceClient>(user, Role.Student).TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications.Select(NotificationsSystem.TextOf),
    ];

    private sealed class OwnSystem : IAsyncDisposable
    {
        private readonly NotificationsSystem _system = new();

        public async Task<NotificationsSystem> StartAsync()
        {
            await _system.InitializeAsync();
            return _system;
        }

        public ValueTask DisposeAsync() => _system.DisposeAsync();
    }
}

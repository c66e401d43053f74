using Grpc.Core;
using ShTP.Notifications.V1;
using Xunit;
using static ShTP.Services.Tests.Notifications.NotificationsSystem;

namespace ShTP.Services.Tests.Notifications;

public sealed class ReadingTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    [Fact]
    public async Task TakeNotifications_SomeUnread_GivesEachOnceNewestFirst()
    {
        var (user, other) = (system.Users.Add(), system.Users.Add());
        await system.TellAsync("first", user);
        await system.TellAsync("second", user, other);
        var client = system.As(user);

        var taken = (await client.TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications;
        Assert.Equal(["second", "first"], taken.Select(TextOf));
        Assert.All(taken, n =>
        {
            Assert.Equal(user.ToString(), n.ToUser);
            Assert.Equal(4, n.Type);
            Assert.False(n.Viewed);
            Assert.NotNull(n.CreatedAt);
            Assert.True(Guid.TryParse(n.Uuid, out _));
        });
        Assert.Empty((await client.TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications);
        Assert.Single((await system.As(other).TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications);
    }

    [Fact]
    public async Task TakeNotifications_MoreThanTwoHundred_LeavesTheOldestForTheNextCall()
    {
        var user = system.Users.Add();
        for (var i = 0; i < 205; i++)
            await system.TellAsync($"{i}", user);
        var client = system.As(user);
        var first = (await client.TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications;
        var second = (await client.TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications;
        Assert.Equal(Enumerable.Range(5, 200).Reverse().Select(i => $"{i}"), first.Select(TextOf));
        Assert.Equal(["4", "3", "2", "1", "0"], second.Select(TextOf));
    }

    [Fact]
    public async Task TakeNotifications_FiftyAtOnce_GiveEachOnce()
    {
        var user = system.Users.Add();
        for (var i = 0; i < 300; i++)
            await system.TellAsync($"{i}", user);
        var client = system.As(user);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => await client.TakeNotificationsAsync(new TakeNotificationsRequest())));
        var taken = answers.SelectMany(answer => answer.Notifications).Select(n => n.Uuid).ToList();
        taken.AddRange((await client.TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications.Select(n => n.Uuid));
        Assert.Equal(300, taken.Count);
        Assert.Equal(300, taken.Distinct().Count());
    }

    [Fact]
    public async Task MarkRead_ManyKindsOfReadingAtOnce_CountEachOnceAndDoNotDeadlock()
    {
        var user = system.Users.Add();
        for (var i = 0; i < 100; i++)
            await system.TellAsync($"{i}", user);
        var client = system.As(user);
        var uuids = (await client.ListUnreadAsync(new ListUnreadRequest())).Notifications.Select(n => n.Uuid).ToArray();
        var counts = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i => (i % 4) switch
        {
            0 => (await client.MarkReadAsync(new MarkReadRequest { All = true })).Marked,
            1 => (await client.MarkReadAsync(new MarkReadRequest { Uuids = { uuids.Reverse() } })).Marked,
            2 => (await client.MarkReadAsync(new MarkReadRequest { Uuids = { uuids } })).Marked,
            _ => (await client.TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications.Count,
        }));
        Assert.Equal(100, counts.Sum());
    }

    [Fact]
    public async Task ListNotifications_Pages_GiveAllReadNewestFirst()
    {
        var user = system.Users.Add();
        for (var i = 0; i < 5; i++)
            await system.TellAsync($"{i}", user);
        await system.TellAsync("not mine", system.Users.Add());
        var client = system.As(user);
        var first = (await client.ListNotificationsAsync(new ListNotificationsRequest { Limit = 3 })).Notifications;
        var second = (await client.ListNotificationsAsync(new ListNotificationsRequest { Limit = 3, Before = first[^1].Uuid })).Notifications;
        Assert.Equal(["4", "3", "2", "1", "0"], first.Concat(second).Select(row => row.Data.Fields["text"].StringValue));
        Assert.All(first, row => Assert.True(row.Viewed));
        Assert.Equal(5, (await client.ListNotificationsAsync(new ListNotificationsRequest())).Notifications.Count);
        Assert.Empty((await client.ListUnreadAsync(new ListUnreadRequest())).Notifications);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task ListNotifications_LimitOutOfRange_IsInvalid(int limit) =>
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "limit: must be between 1 and 1000"),
            await FailsAsync(system.As(Guid.NewGuid()).ListNotificationsAsync(new ListNotificationsRequest { Limit = limit })));

    [Fact]
    public async Task ListNotifications_BeforeIsOfSomebodyElse_IsInvalidAndNothingBecomesRead()
    {
        var (user, other) = (system.Users.Add(), system.Users.Add());
        await system.TellAsync("text", user, other);
        var foreign = (await system.As(other).ListUnreadAsync(new ListUnreadRequest())).Notifications[0].Uuid;
        var client = system.As(user);
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "before: you have no notification with this uuid"),
            await FailsAsync(client.ListNotificationsAsync(new ListNotificationsRequest { Before = foreign })));
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "before: value is not a valid uuid"),
            await FailsAsync(client.ListNotificationsAsync(new ListNotificationsRequest { Before = "x" })));
        Assert.Single((await client.ListUnreadAsync(new ListUnreadRequest())).Notifications);
    }

    [Fact]
    public async Task CountNotifications_AfterReadingOne_CountsBoth()
    {
        var user = system.Users.Add();
        var client = system.As(user);
        Assert.Equal(new CountNotificationsResponse(), await client.CountNotificationsAsync(new CountNotificationsRequest()));
        for (var i = 0; i < 3; i++)
            await system.TellAsync($"{i}", user);
        var unread = (await client.ListUnreadAsync(new ListUnreadRequest())).Notifications;
        Assert.Equal(["2", "1", "0"], unread.Select(TextOf));
        Assert.Equal(1, (await client.MarkReadAsync(new MarkReadRequest { Uuids = { unread[0].Uuid, unread[0].Uuid } })).Marked);
        Assert.Equal(new CountNotificationsResponse { Unread = 2, Total = 3 }, await client.CountNotificationsAsync(new CountNotificationsRequest()));
        Assert.Equal(2, (await client.MarkReadAsync(new MarkReadRequest { All = true })).Marked);
        Assert.Equal(new CountNotificationsResponse { Unread = 0, Total = 3 }, await client.CountNotificationsAsync(new CountNotificationsRequest()));
    }

    [Fact]
    public async Task MarkRead_NotTheCallers_IsIgnored()
    {
        var owner = system.Users.Add();
        await system.TellAsync("text", owner);
        var uuid = (await system.As(owner).ListUnreadAsync(new ListUnreadRequest())).Notifications[0].Uuid;
        Assert.Equal(0, (await system.As(Guid.NewGuid()).MarkReadAsync(new MarkReadRequest { Uuids = { uuid } })).Marked);
        Assert.Single((await system.As(owner).ListUnreadAsync(new ListUnreadRequest())).Notifications);
    }

    [Fact]
    public async Task MarkRead_WrongRequests_AreInvalid()
    {
        var client = system.As(Guid.NewGuid());
        (MarkReadRequest Request, string Fault)[] cases =
        [
            (new(), "Give either uuids or all"),
            (new() { All = true, Uuids = { Guid.NewGuid().ToString() } }, "Give either uuids or all"),
            (new() { Uuids = { "x" } }, "uuids: value is not a valid uuid"),
            (new() { Uuids = { Enumerable.Repeat("x", 1001) } }, "uuids: must be between 0 and 1000"),
        ];
        foreach (var (request, fault) in cases)
            Assert.Equal(new Status(StatusCode.InvalidArgument, fault), await FailsAsync(client.MarkReadAsync(request)));
    }
}

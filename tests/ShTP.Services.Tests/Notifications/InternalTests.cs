using System.Text;
using System.Text.Json;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Notifications.V1;
using Xunit;
using static ShTP.Services.Tests.Notifications.NotificationsSystem;

namespace ShTP.Services.Tests.Notifications;

public sealed class InternalTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    [Fact]
    public async Task Notify_SeveralAudiences_TellsEachUserOnce()
    {
        var users = system.Users.Add(3);
        var request = Information("text", users[0], users[0], users[1]);
        request.GroupIds.Add(system.Users.AddGroup(users[1], users[2]).ToString());
        await system.NotifyAsync(request);
        foreach (var user in users)
            Assert.Equal(1, await UnreadOf(user));
    }

    [Fact]
    public async Task Notify_Everyone_TellsWhoeverThereIsOnce()
    {
        var users = system.Users.Add(2);
        var request = Information("text", users[0]);
        request.Everyone = true;
        await system.NotifyAsync(request);
        Assert.Equal((int[])[1, 1], await Task.WhenAll(users.Select(UnreadOf)));
    }

    [Fact]
    public async Task Notify_DeliveredTwice_TellsOnce()
    {
        var (user, message) = (system.Users.Add(), Guid.NewGuid());
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => system.NotifyAsync(Information("text", user), message)));
        Assert.Equal(1, await UnreadOf(user));
    }

    [Fact]
    public async Task Notify_UsersAndGroupsAreGone_AreLeftOut()
    {
        var (user, gone) = (system.Users.Add(), Guid.NewGuid());
        var request = Information("text", gone, user);
        request.GroupIds.Add(Guid.NewGuid().ToString());
        await system.NotifyAsync(request);
        await system.TellAsync("text", gone);
        Assert.Equal((int[])[1, 0], await Task.WhenAll(UnreadOf(user), UnreadOf(gone)));
    }

    [Fact]
    public async Task Notify_TenThousandUsers_AsksForThemInPages()
    {
        var known = system.Users.Add(2);
        Guid[] users = [known[0], .. Enumerable.Range(0, 9998).Select(_ => Guid.NewGuid()), known[1]];
        await system.TellAsync("text", users);
        Assert.Equal((int[])[1, 1], await Task.WhenAll(known.Select(UnreadOf)));
        Assert.Equal(10, system.Users.Asked.Count(users => users.Length == 1000));
    }

    [Fact]
    public async Task Notify_UsersIsAway_IsUnavailableAndAppliedWhenItIsBack()
    {
        var (user, message) = (system.Users.Add(), Guid.NewGuid());
        system.Users.AwayFor[user] = true;
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => system.NotifyAsync(Information("text", user), message))).StatusCode);
        Assert.Equal(0, await UnreadOf(user));
        system.Users.AwayFor.Clear();
        await system.NotifyAsync(Information("text", user), message);
        Assert.Equal(1, await UnreadOf(user));
    }

    [Fact]
    public async Task Notify_WrongRequests_AreInvalid()
    {
        (NotifyRequest Request, string Fault)[] cases =
        [
            (new() { Type = 6, Data = Fields(("text", "a")) }, "type: must be between 0 and 5"),
            (new() { Type = 4, Data = Fields(("name", "a")) }, "data.text: field required; data: must have nothing but text"),
            (new() { Type = 4 }, "data: field required"),
            (new() { Type = 4, Data = Fields(("text", "a")), UserIds = { "x" }, GroupIds = { "y" } }, "userIds: value is not a valid uuid; groupIds: value is not a valid uuid"),
            (new() { Type = 4, Data = Fields(("text", "a")), UserIds = { Enumerable.Repeat("x", 10_001) }, GroupIds = { Enumerable.Repeat("x", 101) } },
                "userIds: must be between 0 and 10000; groupIds: must be between 0 and 100"),
        ];
        foreach (var (request, fault) in cases)
            Assert.Equal(new Status(StatusCode.InvalidArgument, fault), await FailsAsync(system.AsService("events").NotifyAsync(request, MessageId())));
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(system.AsService("events").NotifyAsync(Information("text")))).StatusCode);
    }

    [Fact]
    public async Task HasUnread_BeforeAndAfterReading_SaysSo()
    {
        var user = system.Users.Add();
        Assert.False(await HasUnreadAsync(user));
        await system.TellAsync("text", user);
        Assert.True(await HasUnreadAsync(user));
        await system.As(user).TakeNotificationsAsync(new TakeNotificationsRequest());
        Assert.False(await HasUnreadAsync(user));
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "userId: field required"),
            await FailsAsync(system.AsService("users").HasUnreadAsync(new HasUnreadRequest())));
    }

    [Fact]
    public async Task DeleteUser_Delivered_RemovesTheirsOnly()
    {
        var (user, other) = (system.Users.Add(), system.Users.Add());
        await system.TellAsync("text", user, other);
        await system.AsService("users").DeleteUserAsync(new DeleteUserRequest { UserId = user.ToString() }, MessageId());
        Assert.Equal((int[])[0, 1], await Task.WhenAll(UnreadOf(user), UnreadOf(other)));
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "userId: value is not a valid uuid"),
            await FailsAsync(system.AsService("users").DeleteUserAsync(new DeleteUserRequest { UserId = "x" }, MessageId())));
    }

    [Fact]
    public async Task ExportUser_SomeNotifications_GivesAllOfTheirsOldestFirst()
    {
        var (user, other) = (system.Users.Add(), system.Users.Add());
        await system.TellAsync("first", user, other);
        await system.NotifyAsync(new NotifyRequest { UserIds = { user.ToString() }, Type = 0, Data = Fields(("name", "Имя"), ("points", 7)) });
        var (path, document) = await ExportAsync(user);
        Assert.Equal("notifications.json", path);
        var rows = document.RootElement.EnumerateArray().ToArray();
        Assert.Equal(2, rows.Length);
        Assert.Equal("first", rows[0].GetProperty("data").GetProperty("text").GetString());
        Assert.Equal(7, rows[1].GetProperty("data").GetProperty("points").GetInt32());
        Assert.False(rows[1].GetProperty("viewed").GetBoolean());
        Assert.Equal(0, (await ExportAsync(Guid.NewGuid())).Document.RootElement.GetArrayLength());
    }

    private async Task<(string Path, JsonDocument Document)> ExportAsync(Guid user)
    {
        using var call = system.AsService("users").ExportUser(new ExportUserRequest { UserId = user.ToString() });
        var (path, text) = ("", new StringBuilder());
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
        {
            path = piece.Path;
            text.Append(piece.Content.ToStringUtf8());
        }

        return (path, JsonDocument.Parse(text.ToString()));
    }

    private async Task<bool> HasUnreadAsync(Guid user) =>
        (await system.AsService("users").HasUnreadAsync(new HasUnreadRequest { UserId = user.ToString() })).HasUnread;

    private async Task<int> UnreadOf(Guid user) => (await system.As(user).CountNotificationsAsync(new CountNotificationsRequest())).Unread;
}

using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Notifications.V1;
using Xunit;
using static ShTP.Services.Tests.Notifications.NotificationsSystem;

namespace ShTP.Services.Tests.Notifications;

public sealed class CreateNotificationTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    private static readonly string Longest = new('ж', 500);

    public static TheoryData<int, Struct> GoodData => new()
    {
        { 0, Fields(("name", "Олимпиада"), ("points", -5)) },
        { 1, Fields(("name", "a")) },
        { 1, Fields(("name", "a"), ("reason", "not \"readable\" <b>\n\u2028")) },
        { 2, Fields(("name", Longest)) },
        { 3, Fields(("name", "a"), ("medal", "gold")) },
        { 3, Fields(("name", "a"), ("medal", "silver")) },
        { 3, Fields(("name", "a"), ("medal", "bronze")) },
        { 4, Fields(("text", "😀")) },
        { 5, Fields(("text", Longest + Longest)) },
    };

    public static TheoryData<int?, Struct?, string> BadData => new()
    {
        { null, null, "type: field required; data: field required" },
        { 4, null, "data: field required" },
        { null, Fields(("text", "a")), "type: field required" },
        { 6, Fields(("text", "a")), "type: must be between 0 and 5" },
        { -1, null, "type: must be between 0 and 5; data: field required" },
        { 0, Fields(), "data.name: field required; data.points: field required" },
        { 0, Fields(("name", 1), ("points", "1")), "data.name: must be a text; data.points: must be an integer" },
        { 0, Fields(("name", "a"), ("points", 1.5)), "data.points: must be an integer" },
        { 0, Fields(("name", "a"), ("points", double.NaN)), "data.points: must be an integer" },
        { 0, Fields(("name", "a"), ("points", 1e300)), "data.points: must be an integer" },
        { 1, Fields(("name", ""), ("reason", "")), "data.name: field required; data.reason: field required" },
        { 1, Fields(("name", Longest), ("reason", Longest + Longest + "x")), "data.reason: must have 1 to 1000 characters" },
        { 2, Fields(("name", Longest + "x")), "data.name: must have 1 to 500 characters" },
        { 2, Fields(("name", "a\u202Eb")), "data.name: must not contain invisible characters or ones that change the direction of text (U+202E)" },
        { 3, Fields(("name", "a"), ("medal", "Gold")), "data.medal: must be gold, silver or bronze" },
        { 3, Fields(("name", "a"), ("medal", true)), "data.medal: must be gold, silver or bronze" },
        { 4, Fields(("text", null)), "data.text: must be a text" },
        { 4, Fields(("text", Fields(("text", "a")))), "data.text: must be a text" },
        { 4, Fields(("text", "a\0")), "data.text: must not contain control characters" },
        { 5, Fields(("text", Longest + Longest + "x"), ("__proto__", "x")), "data.text: must have 1 to 1000 characters" },
    };

    [Theory]
    [MemberData(nameof(GoodData))]
    public async Task CreateNotification_ToUser_IsAnsweredAsItIsStored(int type, Struct data)
    {
        var user = system.Users.Add();
        var answer = await system.Teacher.CreateNotificationAsync(new CreateNotificationRequest { ToUser = user.ToString(), Type = type, Data = data });
        var stored = Assert.Single((await system.As(user).ListUnreadAsync(new ListUnreadRequest())).Notifications);
        Assert.Equal(stored, answer.Notification);
        Assert.Equal(data, stored.Data);
        Assert.Equal(type, stored.Type);
        Assert.False(stored.Viewed);
        Assert.Equal(stored.CreatedAt, stored.UpdatedAt);
    }

    [Theory]
    [MemberData(nameof(BadData))]
    public async Task CreateNotification_DataThatClientsCannotShow_IsRefusedByName(int? type, Struct? data, string fault)
    {
        var request = new CreateNotificationRequest { ToUser = system.Users.Add().ToString(), Data = data };
        if (type is { } number)
            request.Type = number;
        Assert.Equal(new Status(StatusCode.InvalidArgument, fault), await FailsAsync(system.Teacher.CreateNotificationAsync(request)));
    }

    [Fact]
    public async Task CreateNotification_AsTheAndroidClientSendsIt_TellsTheGroupWhatTheTypeHas()
    {
        var member = system.Users.Add();
        await system.Teacher.CreateNotificationAsync(ClientJson.Parse<CreateNotificationRequest>(
            $$"""{"data":{"points":0,"text":"Завтра урока нет"},"toGroup":"{{system.Users.AddGroup(member)}}","type":4}"""));
        var told = Assert.Single((await system.As(member).ListUnreadAsync(new ListUnreadRequest())).Notifications);
        Assert.Equal(Fields(("text", "Завтра урока нет")), told.Data);
    }

    [Fact]
    public async Task CreateNotification_ToGroup_TellsItsMembersAndAnswersNothing()
    {
        var (members, other) = (system.Users.Add(3), system.Users.Add());
        var answer = await system.Teacher.CreateNotificationAsync(Request(r => r.ToGroup = system.Users.AddGroup(members).ToString()));
        Assert.Null(answer.Notification);
        foreach (var member in members)
            Assert.Single((await system.As(member).ListUnreadAsync(new ListUnreadRequest())).Notifications);
        Assert.Empty((await system.As(other).ListUnreadAsync(new ListUnreadRequest())).Notifications);
    }

    [Fact]
    public async Task CreateNotification_ToEveryone_TellsWhoeverThereIs()
    {
        var users = system.Users.Add(2);
        Assert.Null((await system.Teacher.CreateNotificationAsync(Request(r => r.ToEveryone = true))).Notification);
        Assert.Equal((int[])[1, 1], await Task.WhenAll(users.Select(UnreadOf)));
    }

    [Fact]
    public async Task CreateNotification_ToGroupWithoutMembers_TellsNobody() =>
        Assert.Null((await system.Teacher.CreateNotificationAsync(Request(r => r.ToGroup = system.Users.AddGroup().ToString()))).Notification);

    [Fact]
    public async Task CreateNotification_SeveralAudiences_UserWinsOverGroupOverEveryone()
    {
        var (user, member, other) = (system.Users.Add(), system.Users.Add(), system.Users.Add());
        var group = system.Users.AddGroup(member).ToString();
        await system.Teacher.CreateNotificationAsync(Request(r => (r.ToUser, r.ToGroup, r.ToEveryone) = (user.ToString(), group, true)));
        await system.Teacher.CreateNotificationAsync(Request(r => (r.ToGroup, r.ToEveryone) = (group, true)));
        Assert.Equal((int[])[1, 1, 0], await Task.WhenAll(UnreadOf(user), UnreadOf(member), UnreadOf(other)));
    }

    [Fact]
    public async Task CreateNotification_NoAudience_IsInvalidWithTheOldText() =>
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "toUser and toGroup can't both be defined in request. Only one have to be defined."),
            await FailsAsync(system.Teacher.CreateNotificationAsync(new CreateNotificationRequest { Type = 9 })));

    [Fact]
    public async Task CreateNotification_UnknownAudience_IsNotFound()
    {
        Assert.Equal(
            new Status(StatusCode.NotFound, "User with such uuid/nickname not found"),
            await FailsAsync(system.Teacher.CreateNotificationAsync(Request(r => r.ToUser = Guid.NewGuid().ToString()))));
        var group = Guid.NewGuid().ToString();
        Assert.Equal(
            new Status(StatusCode.NotFound, $"Group with such uuid not found: {group}"),
            await FailsAsync(system.Teacher.CreateNotificationAsync(Request(r => r.ToGroup = group))));
    }

    [Fact]
    public async Task CreateNotification_AudienceIsNoUuid_IsInvalid()
    {
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "toUser: value is not a valid uuid"),
            await FailsAsync(system.Teacher.CreateNotificationAsync(Request(r => r.ToUser = "me"))));
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "toGroup: field required"),
            await FailsAsync(system.Teacher.CreateNotificationAsync(Request(r => r.ToGroup = ""))));
    }

    private async Task<int> UnreadOf(Guid user) => (await system.As(user).CountNotificationsAsync(new CountNotificationsRequest())).Unread;

    private static CreateNotificationRequest Request(Action<CreateNotificationRequest> change)
    {
        var request = new CreateNotificationRequest { Type = 4, Data = Fields(("text", "text")) };
        change(request);
        return request;
    }
}

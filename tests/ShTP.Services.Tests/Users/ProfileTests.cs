using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class ProfileTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    [Fact]
    public async Task GetMe_SignedIn_GivesOwnProfileWithGroup()
    {
        var user = await system.AddAsync(change: u => (u.NickName, u.TechStack, u.LearningClass) = ("mine", "", 9));
        var me = await system.As(user).GetMeAsync(new GetMeRequest());
        Assert.Equal((user.Id.ToString(), user.FirstName, "mine", "", 9), (me.Uuid, me.FirstName, me.NickName, me.TechStack, me.LearningClass));
        Assert.Equal((system.Group.Id.ToString(), "Python", "#abcdef"), (me.Group.Uuid, me.Group.Name, me.Group.Color));
        Assert.Equal(("default.png", "default.png", me.Group.Uuid), (me.AvatarPath, me.UserAvatarPath, me.GroupId));
        Assert.True(me.HasNewNotifications && !me.NewNotifications);
        Assert.False(me.HasTelegram || me.HasPatronymicName || me.HasAboutText || me.HasShtpMaintainer);
    }

    [Fact]
    public async Task GetMe_UnreadNotifications_AreSaid()
    {
        var (quiet, told) = (await system.AddAsync(), await system.AddAsync());
        system.Notifications.Unread[told.Id.ToString()] = true;

        Assert.True((await system.As(told).GetMeAsync(new GetMeRequest())).NewNotifications);
        var me = await system.As(quiet).GetMeAsync(new GetMeRequest());
        Assert.True(me.HasNewNotifications);
        Assert.False(me.NewNotifications);
    }

    [Fact]
    public async Task GetMe_NotificationsIsDown_StillComes()
    {
        await using var own = new DisposableSystem();
        var alone = await own.StartAsync();
        await alone.NotificationsServer.DisposeAsync();

        var me = await alone.As(alone.Admin).GetMeAsync(new GetMeRequest());

        Assert.Equal(alone.Admin.Id.ToString(), me.Uuid);
        Assert.False(me.NewNotifications);
    }

    [Fact]
    public async Task GetMe_UserIsGone_SaysNoLogin()
    {
        var client = system.Host.As<UsersService.UsersServiceClient>(Guid.NewGuid(), Role.Admin);
        Assert.Equal(new Status(StatusCode.PermissionDenied, "No login"), await UsersSystem.FailsAsync(client.GetMeAsync(new GetMeRequest())));
    }

    [Fact]
    public async Task GetUser_ByUuidOrNickName_GivesTheSame()
    {
        var user = await system.AddAsync(change: u => u.NickName = "Ёжик 1");
        var byId = await system.Anonymous.GetUserAsync(new GetUserRequest { Id = user.Id.ToString() });
        var byName = await system.Anonymous.GetUserAsync(new GetUserRequest { Id = "Ёжик 1" });
        Assert.Equal(byId, byName);
        Assert.Equal(user.Id.ToString(), byId.Uuid);
        Assert.False(byId.HasNewNotifications);
    }

    [Theory]
    [InlineData("my_apps")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("nul\0inside")]
    [InlineData("")]
    public async Task GetUser_Unknown_IsNotFound(string id) =>
        Assert.Equal(
            new Status(StatusCode.NotFound, "User with such uuid/nickname not found"),
            await UsersSystem.FailsAsync(system.Anonymous.GetUserAsync(new GetUserRequest { Id = id })));

    [Fact]
    public async Task GetUser_HugeId_IsNotFound() =>
        Assert.Equal(
            StatusCode.NotFound, (await UsersSystem.FailsAsync(system.Anonymous.GetUserAsync(new GetUserRequest { Id = new string('я', 500_000) }))).StatusCode);

    [Fact]
    public async Task ListUsers_PageByPage_GivesEverybodyOnceInOrder()
    {
        await using var own = new DisposableSystem();
        var users = await own.StartAsync();
        for (var i = 0; i < 7; i++)
            await users.AddAsync();
        var client = users.As(users.Admin);
        var whole = (await client.ListUsersAsync(new ListUsersRequest())).Users;
        var pages = new List<UserRow>();
        var request = new ListUsersRequest { Limit = 3 };
        while ((await client.ListUsersAsync(request)).Users is { Count: > 0 } page)
        {
            pages.AddRange(page);
            request.After = page[^1].Uuid;
        }

        Assert.Equal(whole, (await client.ListUsersAsync(new ListUsersRequest { After = "" })).Users);
        Assert.Equal(8, whole.Count);
        Assert.Equal(whole, pages);
        Assert.Equal(users.Admin.Id.ToString(), whole[0].Uuid);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(5001)]
    public async Task ListUsers_LimitOutOfBounds_IsInvalid(int limit)
    {
        var status = await UsersSystem.FailsAsync(system.As(system.Admin).ListUsersAsync(new ListUsersRequest { Limit = limit }));
        Assert.Equal(new Status(StatusCode.InvalidArgument, "limit: must be between 1 and 5000"), status);
    }

    [Theory]
    [InlineData("x", "after: value is not a valid uuid")]
    [InlineData("00000000-0000-0000-0000-000000000001", "after: there is no user with this uuid")]
    public async Task ListUsers_UnknownAfter_IsInvalid(string after, string detail) =>
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, detail),
            await UsersSystem.FailsAsync(system.As(system.Admin).ListUsersAsync(new ListUsersRequest { After = after })));

    [Fact]
    public async Task ListUsers_Student_IsDenied() =>
        Assert.Equal(StatusCode.PermissionDenied, (await UsersSystem.FailsAsync(system.As(await system.AddAsync()).ListUsersAsync(new ListUsersRequest()))).StatusCode);

    [Fact]
    public async Task ListUsers_MaintainingStudent_IsStaff() =>
        Assert.NotEmpty((await system.As(await system.AddAsync(change: u => u.ShtpMaintainer = true)).ListUsersAsync(new ListUsersRequest())).Users);
}

using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;
using Xunit;
using DeleteUserRequest = ShTP.Users.V1.DeleteUserRequest;

namespace ShTP.Services.Tests.Users;

public sealed class GroupsTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private GroupsService.GroupsServiceClient Staff => system.Host.As<GroupsService.GroupsServiceClient>(system.Admin.Id, Role.Teacher);

    private GroupsService.GroupsServiceClient Anonymous => system.Host.Anonymous<GroupsService.GroupsServiceClient>();

    [Fact]
    public async Task Group_Made_IsListedAndFoundByAnybody()
    {
        var group = await Staff.CreateGroupAsync(new CreateGroupRequest { Name = " Веб ", Color = "rgb(1, 2, 3)" });
        Assert.Equal(("Веб", "rgb(1, 2, 3)"), (group.Name, group.Color));
        Assert.Equal(group, await Anonymous.GetGroupAsync(new GetGroupRequest { Uuid = group.Uuid }));
        // Names need not be unique.
        var second = await Staff.CreateGroupAsync(new CreateGroupRequest { Name = "Веб", Color = "red" });
        var listed = (await Staff.ListGroupsAsync(new ListGroupsRequest())).Groups.Select(g => g.Uuid).ToList();
        Assert.Equal(system.Group.Id.ToString(), listed[0]);
        Assert.True(listed.IndexOf(group.Uuid) < listed.IndexOf(second.Uuid));
    }

    [Fact]
    public async Task UpdateGroup_OneField_LeavesTheOther()
    {
        var group = await Staff.CreateGroupAsync(new CreateGroupRequest { Name = "A", Color = "#111" });
        var changed = await Staff.UpdateGroupAsync(new UpdateGroupRequest { Uuid = group.Uuid, Color = "#222" });
        Assert.Equal(("A", "#222", group.CreatedAt), (changed.Name, changed.Color, changed.CreatedAt));
        Assert.True(changed.UpdatedAt > group.UpdatedAt);
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "Nothing to update"), await UsersSystem.FailsAsync(Staff.UpdateGroupAsync(new UpdateGroupRequest { Uuid = group.Uuid })));
    }

    [Fact]
    public async Task Group_Unknown_IsNotFound()
    {
        var status = new Status(StatusCode.NotFound, "Group with such uuid not found");
        var id = Guid.NewGuid().ToString();
        Assert.Equal(status, await UsersSystem.FailsAsync(Anonymous.GetGroupAsync(new GetGroupRequest { Uuid = id })));
        Assert.Equal(status, await UsersSystem.FailsAsync(Staff.UpdateGroupAsync(new UpdateGroupRequest { Uuid = id, Name = "A" })));
        await Staff.DeleteGroupAsync(new DeleteGroupRequest { Uuid = id });
    }

    [Fact]
    public async Task Group_NoUuid_IsInvalid()
    {
        var status = new Status(StatusCode.InvalidArgument, "uuid: value is not a valid uuid");
        Assert.Equal(status, await UsersSystem.FailsAsync(Anonymous.GetGroupAsync(new GetGroupRequest { Uuid = "null" })));
        Assert.Equal(status, await UsersSystem.FailsAsync(Staff.DeleteGroupAsync(new DeleteGroupRequest { Uuid = "null" })));
        Assert.Equal(status, await UsersSystem.FailsAsync(Staff.UpdateGroupAsync(new UpdateGroupRequest { Uuid = "null", Name = "A" })));
    }

    [Theory]
    [InlineData("", "", "name: field required; color: field required")]
    [InlineData("a\nb", "red;background:url(x)", "name: must not contain tabs or line breaks; color: is not a colour as CSS writes one")]
    [InlineData("nul\0", "red", "name: must not contain control characters")]
    [InlineData("10\u200B Б", "red", "name: must not contain invisible characters or ones that change the direction of text (U+200B)")]
    [InlineData("\u202EБ 01", "red", "name: must not contain invisible characters or ones that change the direction of text (U+202E)")]
    [InlineData("\u3164", "red", "name: must not contain invisible characters or ones that change the direction of text (U+3164)")]
    public async Task CreateGroup_WrongFields_AreNamed(string name, string color, string detail) =>
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, detail),
            await UsersSystem.FailsAsync(Staff.CreateGroupAsync(new CreateGroupRequest { Name = name, Color = color })));

    [Fact]
    public async Task DeleteGroup_WithMembers_IsRefused()
    {
        var group = await system.AddGroupAsync("full");
        var member = await system.AddAsync(change: u => u.GroupId = group.Id);
        var request = new DeleteGroupRequest { Uuid = group.Id.ToString() };
        Assert.Equal(
            new Status(StatusCode.FailedPrecondition, "The group has members; move or delete them first"), await UsersSystem.FailsAsync(Staff.DeleteGroupAsync(request)));
        await system.As(system.Admin).DeleteUserAsync(new DeleteUserRequest { Uuid = member.Id.ToString() });
        await Staff.DeleteGroupAsync(request);
        Assert.Equal(StatusCode.NotFound, (await UsersSystem.FailsAsync(Anonymous.GetGroupAsync(new GetGroupRequest { Uuid = request.Uuid }))).StatusCode);
    }

    [Fact]
    public async Task CreateGroup_ThousandGroups_AreTheLimit()
    {
        await using var own = new DisposableSystem();
        var users = await own.StartAsync();
        await users.WithDbAsync(db =>
        {
            db.Groups.AddRange(Enumerable.Range(0, 998).Select(i => new ShTP.Users.Groups.Group { Id = Guid.CreateVersion7(), Name = $"g{i}", Color = "red" }));
            return db.SaveChangesAsync();
        });
        var client = users.Host.As<GroupsService.GroupsServiceClient>(users.Admin.Id, Role.Admin);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(async i =>
        {
            try
            {
                await client.CreateGroupAsync(new CreateGroupRequest { Name = $"A{i}", Color = "red" });
                return new Status(StatusCode.OK, "");
            }
            catch (RpcException fault)
            {
                return fault.Status;
            }
        }));
        Assert.Single(outcomes, outcome => outcome.StatusCode == StatusCode.OK);
        Assert.Equal(4, outcomes.Count(outcome => outcome.Equals(new Status(StatusCode.FailedPrecondition, "There are 1000 groups already; delete some without members first"))));
        Assert.Equal(1000, (await client.ListGroupsAsync(new ListGroupsRequest())).Groups.Count);
    }
}

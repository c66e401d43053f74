using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Testing.Fakes;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class StaffEditTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private static UpdateUserRequest Edit(Guid user, AdminChange change) => new() { Uuid = user.ToString(), Admin = change };

    [Fact]
    public async Task UpdateUser_TeacherEditsStudent_ChangesOnlyWhatWasSent()
    {
        var student = await system.AddAsync(change: u => u.LearningClass = 5);
        var group = await system.AddGroupAsync("C++");
        var answer = await system.As(await system.AddAsync(Role.Teacher)).UpdateUserAsync(
            Edit(student.Id, new AdminChange { LastName = "Новая", PatronymicName = "Ивановна", GroupId = group.Id.ToString() }));
        Assert.Equal(new UpdateUserResponse { LastName = "Новая", PatronymicName = "Ивановна", GroupId = group.Id.ToString() }, answer);
        var profile = await system.Anonymous.GetUserAsync(new GetUserRequest { Id = student.Id.ToString() });
        Assert.Equal((student.FirstName, "Новая", "Ивановна", 5, "C++"), (profile.FirstName, profile.LastName, profile.PatronymicName, profile.LearningClass, profile.Group.Name));
        // The search finds the new name, not the old one.
        var found = await system.As(system.Admin).SearchUsersAsync(new SearchUsersRequest { Query = $"{student.FirstName} новая" });
        Assert.Equal(student.Id.ToString(), Assert.Single(found.Users).Uuid);
        Assert.Empty((await system.As(system.Admin).SearchUsersAsync(new SearchUsersRequest { Query = student.LastName })).Users);
    }

    [Theory]
    [InlineData(Role.Teacher, false)]
    [InlineData(Role.Admin, false)]
    [InlineData(Role.Student, true)]
    public async Task UpdateUser_TeacherEditsStaff_IsDenied(Role role, bool isMaintainer)
    {
        var target = await system.AddAsync(role, u => u.ShtpMaintainer = isMaintainer);
        var call = system.As(await system.AddAsync(Role.Teacher)).UpdateUserAsync(Edit(target.Id, new AdminChange { FirstName = "X" }));
        Assert.Equal(new Status(StatusCode.PermissionDenied, "Only admins manage teachers and admins"), await UsersSystem.FailsAsync(call));
        Assert.Equal(target.FirstName, (await system.FindAsync(target.Id))!.FirstName);
        await system.As(system.Admin).UpdateUserAsync(Edit(target.Id, new AdminChange { FirstName = "X" }));
    }

    [Fact]
    public async Task UpdateUser_TeacherChangesRole_IsDenied()
    {
        var student = await system.AddAsync();
        var client = system.As(await system.AddAsync(Role.Teacher));
        AdminChange[] changes = [new() { Role = Role.Teacher }, new() { ShtpMaintainer = true }];
        foreach (var change in changes)
            Assert.Equal(new Status(StatusCode.PermissionDenied, "Only admins change roles"), await UsersSystem.FailsAsync(client.UpdateUserAsync(Edit(student.Id, change))));
    }

    [Fact]
    public async Task UpdateUser_AdminChangesRole_ExpiresTheTokens()
    {
        var user = await system.AddAsync();
        var answer = await system.As(system.Admin).UpdateUserAsync(Edit(user.Id, new AdminChange { Role = Role.Teacher }));
        Assert.Equal(new UpdateUserResponse { Role = Role.Teacher }, answer);
        await Eventually.HoldsAsync(() => Task.FromResult(system.Auth.Heard("expire", user.Id)), "Auth hears of the role");
    }

    [Fact]
    public async Task UpdateUser_AdminMakesMaintainer_RaisesTheRoleInForce()
    {
        var user = await system.AddAsync();
        await system.As(system.Admin).UpdateUserAsync(Edit(user.Id, new AdminChange { ShtpMaintainer = true }));
        await Eventually.HoldsAsync(() => Task.FromResult(system.Auth.Heard("expire", user.Id)), "Auth hears of the role");
        var identity = await system.Host.AsService<UsersInternal.UsersInternalClient>("auth").GetIdentityAsync(new GetIdentityRequest { UserId = user.Id.ToString() });
        Assert.Equal(Role.Teacher, identity.Role);
    }

    [Fact]
    public async Task UpdateUser_UnknownUserOrGroup_IsNotFound()
    {
        var client = system.As(system.Admin);
        Assert.Equal(
            new Status(StatusCode.NotFound, "User with such uuid/nickname not found"),
            await UsersSystem.FailsAsync(client.UpdateUserAsync(Edit(Guid.NewGuid(), new AdminChange { FirstName = "X" }))));
        Assert.Equal(
            new Status(StatusCode.NotFound, "Group with such uuid not found"),
            await UsersSystem.FailsAsync(client.UpdateUserAsync(Edit((await system.AddAsync()).Id, new AdminChange { GroupId = Guid.NewGuid().ToString() }))));
    }

    [Fact]
    public async Task UpdateUser_WrongAdminFields_AreAllNamed()
    {
        var change = new AdminChange { FirstName = " ", LearningClass = 12, Rating = 1_000_001, GroupId = "x", Role = (Role)5 };
        var status = await UsersSystem.FailsAsync(system.As(system.Admin).UpdateUserAsync(new UpdateUserRequest { Uuid = "nobody", Admin = change }));
        Assert.Equal(
            "uuid: value is not a valid uuid; admin.firstName: field required; admin.rating: must be between -1000000 and 1000000; "
            + "admin.learningClass: must be between 0 and 11; admin.groupId: value is not a valid uuid; admin.role: must be student, teacher or admin",
            status.Detail);
    }

    [Fact]
    public async Task UpdateUser_SomebodyElsesPassword_IsInvalid()
    {
        var request = Edit((await system.AddAsync()).Id, new AdminChange { FirstName = "X" });
        request.Password = new PasswordChange { CurrentPassword = FakeAuth.Password, NewPassword = "new password", ConfirmPassword = "new password" };
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "password: only one's own can be changed"), await UsersSystem.FailsAsync(system.As(system.Admin).UpdateUserAsync(request)));
    }
}

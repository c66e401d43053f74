using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;
using DeleteUserRequest = ShTP.Users.V1.DeleteUserRequest;

namespace ShTP.Services.Tests.Users;

public sealed class DeleteUserTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    [Fact]
    public async Task DeleteUser_Student_IsForgottenEverywhere()
    {
        var student = await system.AddAsync();
        await system.As(system.Admin).UpdateUserAsync(new UpdateUserRequest { Uuid = student.Id.ToString(), Admin = new AdminChange { Rating = 5 } });
        var request = new DeleteUserRequest { Uuid = student.Id.ToString() };
        var teacher = system.As(await system.AddAsync(Role.Teacher));
        await teacher.DeleteUserAsync(request);
        Assert.Null(await system.FindAsync(student.Id));
        await Eventually.HoldsAsync(
            () => Task.FromResult(system.Auth.Heard("delete", student.Id) && system.Files.Told.Contains($"delete {student.Id}")
                && system.Holders.All(held => held.Forgotten.Contains(student.Id.ToString()))), "everybody hears of it");
        // Once more is no error.
        await teacher.DeleteUserAsync(request);
    }

    [Fact]
    public async Task DeleteUser_AfterAWhile_IsToldEverywhereOnceMore()
    {
        var student = await system.AddAsync();

        await system.As(system.Admin).DeleteUserAsync(new DeleteUserRequest { Uuid = student.Id.ToString() });

        await Eventually.HoldsAsync(
            () => Task.FromResult(system.Auth.Told.Count(told => told == ("delete", student.Id.ToString())) == 2
                && system.Files.Told.Count(told => told == $"delete {student.Id}") == 2
                && system.Holders.All(held => held.Forgotten.Count(user => user == student.Id.ToString()) == 2)), "everybody hears of it twice");
    }

    [Fact]
    public async Task DeleteUser_EmailIsTakenAgainAtOnce_EndsWithTheNewCredentials()
    {
        var old = await system.AddAsync(email: "again@example.org");
        var client = system.As(system.Admin);
        await client.DeleteUserAsync(new DeleteUserRequest { Uuid = old.Id.ToString() });
        var created = await client.CreateUserAsync(new CreateUserRequest
        {
            Email = "again@example.org",
            Password = "long enough",
            FirstName = "A",
            LastName = "B",
            Role = Role.Student,
            GroupId = system.Group.Id.ToString(),
            LearningClass = 10,
        });
        await Eventually.HoldsAsync(() => Task.FromResult(system.Auth.Heard("set", Guid.Parse(created.Uuid))), "Auth hears of the new user");
        var told = system.Auth.Told.ToList();
        Assert.True(told.IndexOf(("delete", old.Id.ToString())) < told.IndexOf(("set", created.Uuid)));
        Assert.Contains(("delete", old.Id.ToString()), told);
    }

    [Theory]
    [InlineData(Role.Teacher, false)]
    [InlineData(Role.Admin, false)]
    [InlineData(Role.Student, true)]
    public async Task DeleteUser_TeacherDeletesStaff_IsDenied(Role role, bool isMaintainer)
    {
        var target = await system.AddAsync(role, u => u.ShtpMaintainer = isMaintainer);
        var request = new DeleteUserRequest { Uuid = target.Id.ToString() };
        Assert.Equal(
            new Status(StatusCode.PermissionDenied, "Only admins manage teachers and admins"),
            await UsersSystem.FailsAsync(system.As(await system.AddAsync(Role.Teacher)).DeleteUserAsync(request)));
        Assert.NotNull(await system.FindAsync(target.Id));
        await system.As(system.Admin).DeleteUserAsync(request);
        Assert.Null(await system.FindAsync(target.Id));
    }

    [Fact]
    public async Task DeleteUser_NoUuid_IsInvalid() =>
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "uuid: value is not a valid uuid"),
            await UsersSystem.FailsAsync(system.As(system.Admin).DeleteUserAsync(new DeleteUserRequest { Uuid = "me" })));
}

using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class InternalTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private UsersInternal.UsersInternalClient Auth => system.Host.AsService<UsersInternal.UsersInternalClient>("auth");

    [Theory]
    [InlineData(Role.Student, null, Role.Student)]
    [InlineData(Role.Student, false, Role.Student)]
    [InlineData(Role.Student, true, Role.Teacher)]
    [InlineData(Role.Teacher, true, Role.Teacher)]
    [InlineData(Role.Admin, true, Role.Admin)]
    public async Task GetIdentity_Maintainer_CountsAsTeacherAtLeast(Role role, bool? isMaintainer, Role inForce)
    {
        var user = await system.AddAsync(role, u => u.ShtpMaintainer = isMaintainer);
        Assert.Equal(inForce, (await Auth.GetIdentityAsync(new GetIdentityRequest { UserId = user.Id.ToString() })).Role);
    }

    [Fact]
    public async Task GetIdentity_OfAStudent_SaysGroupAndClass()
    {
        var user = await system.AddAsync(Role.Student, u => u.LearningClass = 7);
        var identity = await Auth.GetIdentityAsync(new GetIdentityRequest { UserId = user.Id.ToString() });
        Assert.Equal((system.Group.Name, 7), (identity.Group, identity.LearningClass));
    }

    [Fact]
    public async Task GetIdentity_UserIsGone_IsNotFound() =>
        Assert.Equal(StatusCode.NotFound, (await UsersSystem.FailsAsync(Auth.GetIdentityAsync(new GetIdentityRequest { UserId = Guid.NewGuid().ToString() }))).StatusCode);

    [Fact]
    public async Task EnsureFirstAdmin_AskedByManyAtOnce_MakesOne()
    {
        await using var own = new DisposableSystem();
        var users = await own.StartAsync();
        var auth = users.Host.AsService<UsersInternal.UsersInternalClient>("auth");
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
            (await auth.EnsureFirstAdminAsync(new EnsureFirstAdminRequest { Email = "first@Example.org" })).UserId));
        var admin = (await users.FindAsync(Guid.Parse(Assert.Single(ids.Distinct()))))!;
        Assert.Equal((Role.Admin, "first@example.org", "Администратор", "ШТП"), (admin.Role, admin.Email, admin.FirstName, admin.LastName));
        Assert.Equal("Администрация", (await users.As(admin).GetMeAsync(new GetMeRequest())).Group.Name);
        Assert.Equal(2, await users.WithDbAsync(db => db.Groups.CountAsync()));
    }

    [Fact]
    public async Task EnsureFirstAdmin_EmailOfAStudent_MakesTheStudentAdmin()
    {
        var student = await system.AddAsync();
        var answer = await Auth.EnsureFirstAdminAsync(new EnsureFirstAdminRequest { Email = student.Email });
        Assert.Equal(student.Id.ToString(), answer.UserId);
        Assert.Equal(Role.Admin, (await system.FindAsync(student.Id))!.Role);
        await Eventually.HoldsAsync(() => Task.FromResult(system.Auth.Heard("expire", student.Id)), "Auth hears of the role");
    }

    [Fact]
    public async Task GetSummaries_UnknownAndRepeated_KeepTheOrder()
    {
        var (a, b) = (await system.AddAsync(), await system.AddAsync(change: u => u.NickName = "summed up"));
        string[] ids = [b.Id.ToString(), Guid.NewGuid().ToString(), a.Id.ToString()];
        var users = (await system.Host.AsService<UsersInternal.UsersInternalClient>("events").GetSummariesAsync(new GetSummariesRequest { UserIds = { ids } })).Users;
        Assert.Equal([ids[0], ids[2]], users.Select(user => user.Uuid));
        Assert.Equal((b.FirstName, "summed up", "default.png"), (users[0].FirstName, users[0].NickName, users[0].AvatarPath));
    }

    [Fact]
    public async Task GetSummaries_TooManyOrNoUuid_IsInvalid()
    {
        var client = system.Host.AsService<UsersInternal.UsersInternalClient>("events");
        var many = new GetSummariesRequest { UserIds = { Enumerable.Range(0, 1001).Select(_ => Guid.NewGuid().ToString()) } };
        Assert.Equal("userIds: must be between 0 and 1000", (await UsersSystem.FailsAsync(client.GetSummariesAsync(many))).Detail);
        Assert.Equal("userIds: value is not a valid uuid", (await UsersSystem.FailsAsync(client.GetSummariesAsync(new GetSummariesRequest { UserIds = { "x" } }))).Detail);
    }

    [Theory]
    [InlineData("files")]
    [InlineData("gateway")]
    public async Task Internal_OtherService_IsDenied(string caller)
    {
        var client = system.Host.AsService<UsersInternal.UsersInternalClient>(caller);
        var status = await UsersSystem.FailsAsync(client.EnsureFirstAdminAsync(new EnsureFirstAdminRequest { Email = "evil@example.org" }));
        Assert.Equal(StatusCode.PermissionDenied, status.StatusCode);
    }
}

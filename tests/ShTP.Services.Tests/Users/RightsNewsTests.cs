using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Rpc.Errors;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;
using DeleteUserRequest = ShTP.Users.V1.DeleteUserRequest;

namespace ShTP.Services.Tests.Users;

/// <summary>Changes of rights are told to Auth before they are answered, or do not happen.</summary>
public sealed class RightsNewsTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private const string NotTold = "auth cannot be told of the change at the moment, so nothing was changed; try again later";

    public static TheoryData<string> Outages => ["unavailable", "broken", "hangs"];

    [Fact]
    public async Task UpdateUser_RoleChanges_AuthHasHeardWhenItIsAnswered()
    {
        var user = await system.AddAsync();
        await ChangeRoleAsync(user.Id, Role.Teacher);
        Assert.True(system.Auth.Heard("expire", user.Id));
    }

    [Fact]
    public async Task DeleteUser_Student_AuthHasRevokedWhenItIsAnswered()
    {
        var user = await system.AddAsync();
        await DeleteAsync(user.Id);
        Assert.True(system.Auth.Heard("revoke", user.Id));
    }

    [Fact]
    public async Task ResetPassword_Student_AuthHasRevokedWhenItIsAnswered()
    {
        var user = await system.AddAsync();
        await ResetPasswordAsync(user.Id);
        Assert.True(system.Auth.Heard("revoke", user.Id));
    }

    [Fact]
    public async Task ChangeEmail_Student_AuthHasRevokedWhenItIsAnswered()
    {
        var user = await system.AddAsync();
        await ChangeEmailAsync(user.Id, $"{Guid.NewGuid():N}@example.org");
        Assert.True(system.Auth.Heard("revoke", user.Id));
    }

    [Fact]
    public async Task UpdateUser_NothingOfTheRights_DoesNotNeedAuth()
    {
        var user = await system.AddAsync(Role.Teacher);
        system.Auth.Before[user.Id.ToString()] = () => throw RpcErrors.Unavailable("away");
        await system.As(system.Admin).UpdateUserAsync(new UpdateUserRequest { Uuid = user.Id.ToString(), Admin = new AdminChange { FirstName = "Ada", Role = Role.Teacher, ShtpMaintainer = true } });
        Assert.Equal("Ada", (await system.FindAsync(user.Id))!.FirstName);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task UpdateUser_AuthCannotBeTold_IsUnavailableAndChangesNothing(string outage)
    {
        var user = await system.AddAsync(Role.Teacher);
        Break(user.Id, outage);

        var status = await UsersSystem.FailsAsync(system.As(system.Admin).UpdateUserAsync(
            new UpdateUserRequest { Uuid = user.Id.ToString(), Admin = new AdminChange { FirstName = "Ada", Role = Role.Student } }));

        Assert.Equal(new Status(StatusCode.Unavailable, NotTold), status);
        var now = await system.FindAsync(user.Id);
        Assert.Equal((Role.Teacher, user.FirstName), (now!.Role, now.FirstName));
        system.Auth.Before.TryRemove(user.Id.ToString(), out _);
        await ChangeRoleAsync(user.Id, Role.Student);
        Assert.Equal(Role.Student, (await system.FindAsync(user.Id))!.Role);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task DeleteUser_AuthCannotBeTold_IsUnavailableAndChangesNothing(string outage)
    {
        var user = await system.AddAsync();
        Break(user.Id, outage);

        var status = await UsersSystem.FailsAsync(system.As(system.Admin).DeleteUserAsync(new DeleteUserRequest { Uuid = user.Id.ToString() }));

        Assert.Equal(new Status(StatusCode.Unavailable, NotTold), status);
        Assert.NotNull(await system.FindAsync(user.Id));
        Assert.False(await system.WithDbAsync(db => db.DeletedUsers.AnyAsync(deleted => deleted.Id == user.Id)));
        system.Auth.Before.TryRemove(user.Id.ToString(), out _);
        await DeleteAsync(user.Id);
        Assert.Null(await system.FindAsync(user.Id));
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task ResetPassword_AuthCannotBeTold_IsUnavailableAndChangesNothing(string outage)
    {
        var user = await system.AddAsync();
        Break(user.Id, outage);

        var status = await UsersSystem.FailsAsync(system.As(system.Admin).ResetPasswordAsync(new ResetPasswordRequest { Uuid = user.Id.ToString() }));

        Assert.Equal(new Status(StatusCode.Unavailable, NotTold), status);
        system.Auth.Before.TryRemove(user.Id.ToString(), out _);
        var password = await ResetPasswordAsync(user.Id);
        await Eventually.HoldsAsync(() => Task.FromResult(system.Auth.Heard("set", user.Id)), "Auth has the password");
        // One of the first attempt would have come before.
        Assert.Equal(1, system.Auth.Told.Count(told => told == ("set", user.Id.ToString())));
        Assert.Equal($"hash of {password}", system.Auth.Credentials[user.Id.ToString()].PasswordHash);
    }

    [Fact]
    public async Task ResetGroupPasswords_AuthCannotBeToldOfOne_ChangesNobodys()
    {
        var group = await system.AddGroupAsync("10 Г");
        var users = new List<Guid>();
        for (var i = 0; i < 6; i++)
            users.Add((await system.AddAsync(change: u => u.GroupId = group.Id)).Id);
        Break(users[^1], "hangs");
        var groups = system.Host.As<GroupsService.GroupsServiceClient>(system.Admin.Id, Role.Admin);

        var status = await UsersSystem.FailsAsync(groups.ResetGroupPasswordsAsync(new ResetGroupPasswordsRequest { Uuid = group.Id.ToString() }));

        Assert.Equal(new Status(StatusCode.Unavailable, NotTold), status);
        system.Auth.Before.TryRemove(users[^1].ToString(), out _);
        await groups.ResetGroupPasswordsAsync(new ResetGroupPasswordsRequest { Uuid = group.Id.ToString() });
        foreach (var user in users)
        {
            await Eventually.HoldsAsync(() => Task.FromResult(system.Auth.Heard("set", user)), "Auth has the password");
            Assert.Equal(1, system.Auth.Told.Count(told => told == ("set", user.ToString())));
        }
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task ChangeEmail_AuthCannotBeTold_IsUnavailableAndChangesNothing(string outage)
    {
        var user = await system.AddAsync();
        Break(user.Id, outage);

        var status = await UsersSystem.FailsAsync(system.As(system.Admin).ChangeEmailAsync(new ChangeEmailRequest { Uuid = user.Id.ToString(), Email = $"{Guid.NewGuid():N}@example.org" }));

        Assert.Equal(new Status(StatusCode.Unavailable, NotTold), status);
        Assert.Equal(user.Email, (await system.FindAsync(user.Id))!.Email);
        system.Auth.Before.TryRemove(user.Id.ToString(), out _);
        var email = $"{Guid.NewGuid():N}@example.org";
        await ChangeEmailAsync(user.Id, email);
        Assert.Equal(email, (await system.FindAsync(user.Id))!.Email);
        await Eventually.HoldsAsync(() => Task.FromResult(system.Auth.EmailChanges.Any(change => change.UserId == user.Id.ToString())), "Auth has the e-mail");
        Assert.Equal(email, Assert.Single(system.Auth.EmailChanges, change => change.UserId == user.Id.ToString()).Email);
    }

    [Fact]
    public async Task GetIdentity_WhileTheRoleChanges_WaitsAndTellsTheNewOne()
    {
        var user = await system.AddAsync(Role.Admin);
        Task<GetIdentityResponse>? asked = null;
        system.Auth.Before[user.Id.ToString()] = async () =>
        {
            // As Auth does for somebody who signs in between the news and the commit.
            asked ??= system.Host.AsService<UsersInternal.UsersInternalClient>("auth").GetIdentityAsync(new GetIdentityRequest { UserId = user.Id.ToString() }).ResponseAsync;
            await Task.WhenAny(asked, Task.Delay(300));
        };

        await ChangeRoleAsync(user.Id, Role.Student);

        Assert.Equal(Role.Student, (await asked!).Role);
    }

    private void Break(Guid user, string outage) => system.Auth.Before[user.ToString()] = outage switch
    {
        "unavailable" => () => throw RpcErrors.Unavailable("away"),
        "broken" => () => throw RpcErrors.Internal("broken"),
        _ => () => Task.Delay(TimeSpan.FromSeconds(6)),
    };

    private async Task ChangeRoleAsync(Guid user, Role role) =>
        await system.As(system.Admin).UpdateUserAsync(new UpdateUserRequest { Uuid = user.ToString(), Admin = new AdminChange { Role = role } });

    private async Task<string> ResetPasswordAsync(Guid user) => (await system.As(system.Admin).ResetPasswordAsync(new ResetPasswordRequest { Uuid = user.ToString() })).Password;

    private async Task ChangeEmailAsync(Guid user, string email) =>
        await system.As(system.Admin).ChangeEmailAsync(new ChangeEmailRequest { Uuid = user.ToString(), Email = email });

    private async Task DeleteAsync(Guid user) => await system.As(system.Admin).DeleteUserAsync(new DeleteUserRequest { Uuid = user.ToString() });
}

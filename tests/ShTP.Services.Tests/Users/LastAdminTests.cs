using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;
using Xunit;
using DeleteUserRequest = ShTP.Users.V1.DeleteUserRequest;

namespace ShTP.Services.Tests.Users;

public sealed class LastAdminTests
{
    private static readonly Status LastOne =
        new(StatusCode.FailedPrecondition, "The last admin can be neither deleted nor made something else");

    [Fact]
    public async Task LastAdmin_DeletedOrDemoted_Stays()
    {
        await using var own = new DisposableSystem();
        var system = await own.StartAsync();
        var client = system.As(system.Admin);
        var id = system.Admin.Id.ToString();
        Assert.Equal(LastOne, await UsersSystem.FailsAsync(client.DeleteUserAsync(new DeleteUserRequest { Uuid = id })));
        var demotion = new UpdateUserRequest { Admin = new AdminChange { Role = Role.Teacher } };
        Assert.Equal(LastOne, await UsersSystem.FailsAsync(client.UpdateUserAsync(demotion)));
        Assert.Equal(Role.Admin, (await system.FindAsync(system.Admin.Id))!.Role);
    }

    [Fact]
    public async Task Admins_DeleteOneAnotherAtOnce_LeaveOne()
    {
        await using var own = new DisposableSystem();
        var system = await own.StartAsync();
        List<ShTP.Users.Profiles.User> admins = [system.Admin];
        for (var i = 0; i < 5; i++)
            admins.Add(await system.AddAsync(Role.Admin));
        // Each deletes the next one.
        var outcomes = await Task.WhenAll(admins.Select(async (admin, i) =>
        {
            try
            {
                await system.As(admin).DeleteUserAsync(new DeleteUserRequest { Uuid = admins[(i + 1) % admins.Count].Id.ToString() });
                return new Status(StatusCode.OK, "");
            }
            catch (RpcException fault)
            {
                return fault.Status;
            }
        }));
        Assert.Single(outcomes, LastOne);
        Assert.Equal(admins.Count - 1, outcomes.Count(outcome => outcome.StatusCode == StatusCode.OK));
    }
}

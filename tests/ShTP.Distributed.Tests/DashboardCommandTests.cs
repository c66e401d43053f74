using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>What the dashboard and <c>aspire resource</c> offer, done to a running system.</summary>
[Collection(ShakenSystem.Name)]
public sealed class DashboardCommandTests(RunningSystem system)
{
    [Fact]
    public async Task ShowAdmin_GivesWhatTheAdminSignsInWith()
    {
        var result = await system.CommandAsync("auth", "show-admin");

        Assert.Equal($"{RunningSystem.AdminEmail}\n{system.AdminPassword}", result.Data?.Value);
    }

    [Fact]
    public async Task RetryParked_DeliversWhatWasGivenUp()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var student = await system.Anonymous().LoginAsync(email, School.Password);
        var achievement = (string)(await student.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends("Письмо", Achievements.Pdf))).Ok()["uuid"]!;
        await system.KillAsync("notifications");
        (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid = achievement, status = 1, points = 5 })).Ok();
        Assert.True(await ParkAsync() >= 1, "the news of the decision waits");
        await system.ReviveAsync("notifications");
        Assert.Equal(0, await CountAsync(student));

        await system.CommandAsync("achievements", "retry-parked");

        await Eventually.HoldsAsync(async () => await CountAsync(student) == 1, "the news came", RunningSystem.StepLimit);
    }

    [Fact]
    public async Task ResetData_LeavesANewSchoolWithItsFirstAdmin()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);

        await system.CommandAsync("postgres", "reset-data");
        await system.HealthyAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await system.Anonymous().TryLoginAsync(email, School.Password)).Status);
        await (await system.AdminAsync()).CreateUserAsync(await (await system.AdminAsync()).CreateGroupAsync(), email);
    }

    /// <summary>What a delivery that was refused too often does with its message.</summary>
    private async Task<int> ParkAsync()
    {
        await using var connection = new NpgsqlConnection(await system.ConnectionStringAsync("achievementsdb"));
        await connection.OpenAsync();
        await using var park = new NpgsqlCommand("UPDATE outbox SET parked_at = now() WHERE path LIKE '%otifications%'", connection);
        return await park.ExecuteNonQueryAsync();
    }

    private static async Task<int> CountAsync(ApiClient student) => ((JsonArray)(await student.GetAsync("/api/v1/notifications")).Ok().Json!).Count;
}

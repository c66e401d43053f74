using System.Net;
using System.Text.Json;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

/// <summary>A service as its own entry point starts it.</summary>
public sealed class ServiceStartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithoutDatabase_RefusesAndNamesTheKey()
    {
        var fault = await Assert.ThrowsAsync<StartException>(() => ServiceHost<UsersDb>.StartAsync(ResourceNames.Users, []));

        Assert.Contains(fault.Faults, line => line.StartsWith("ConnectionStrings:usersdb is not set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_RunningService_TellsOfDatabaseAndOutbox()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        await using var users = await StartUsersAsync(database.ConnectionString);
        using var http = new HttpClient { BaseAddress = users.HttpAddress };

        using var health = JsonDocument.Parse(await http.GetStringAsync("/health", Cancel));

        Assert.Equal("Healthy", health.RootElement.GetProperty("status").GetString());
        var checks = health.RootElement.GetProperty("checks");
        Assert.All(["self", "UsersDb", "outbox"], name => Assert.True(checks.TryGetProperty(name, out _), name));
    }

    [Fact]
    public async Task Health_DatabaseGone_IsUnhealthyButAlive()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        await using var users = await StartUsersAsync(database.ConnectionString);
        using var http = new HttpClient { BaseAddress = users.HttpAddress };
        await database.DisposeAsync();

        using var health = await http.GetAsync("/health", Cancel);
        using var alive = await http.GetAsync("/alive", Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    private static Task<ServiceHost<UsersDb>> StartUsersAsync(string connectionString) =>
        ServiceHost<UsersDb>.StartAsync(ResourceNames.Users, [new("ConnectionStrings:usersdb", connectionString)]);
}

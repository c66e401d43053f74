using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Data;
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
    public async Task Start_ConnectionStringInASecretFile_IsRead()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        using var folder = new SecretFolder(("ConnectionStrings__usersdb", database.ConnectionString + "\n"), ("Users__ForgetAgainAfter", "never"));

        // What a file says wrongly is named like any other setting, and an argument wins over a file.
        var fault = await Assert.ThrowsAsync<StartException>(() => ServiceHost<UsersDb>.StartAsync(ResourceNames.Users, [new(SecretFiles.Setting, folder.Path)]));
        await using var users = await ServiceHost<UsersDb>.StartAsync(ResourceNames.Users, [new(SecretFiles.Setting, folder.Path), new("Users:ForgetAgainAfter", "00:00:10")]);

        Assert.StartsWith("Users:ForgetAgainAfter is 'never'", Assert.Single(fault.Faults), StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = users.HttpAddress };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Start_SecretFileThatIsNone_IsRefusedAndNamed()
    {
        using var folder = new SecretFolder(("ConnectionStrings__usersdb", new string('x', 70_000)));

        var fault = await Assert.ThrowsAsync<StartException>(() => ServiceHost<UsersDb>.StartAsync(ResourceNames.Users, [new(SecretFiles.Setting, folder.Path)]));

        Assert.Contains($"Secrets:Directory: '{Path.Combine(folder.Path, "ConnectionStrings__usersdb")}' is larger than 65536 bytes.", fault.Faults);
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

    [Fact]
    public async Task Health_MigrationsArePending_IsUnhealthyUntilTheyAreDone()
    {
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        await using var users = await StartUsersAsync(database.ConnectionString);
        using var http = new HttpClient { BaseAddress = users.HttpAddress };

        using (var early = await http.GetAsync("/health", Cancel))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
            Assert.Matches(@"The database lacks \d+ migrations, the first is \d{14}_Initial: run this program with the argument migrate\.", await early.Content.ReadAsStringAsync(Cancel));
        }

        await using (var scope = users.Services.CreateAsyncScope())
            await Migrations.ApplyAsync(scope.ServiceProvider.GetRequiredService<UsersDb>(), Cancel);
        using var late = await http.GetAsync("/health", Cancel);
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
    }

    private static Task<ServiceHost<UsersDb>> StartUsersAsync(string connectionString) =>
        ServiceHost<UsersDb>.StartAsync(ResourceNames.Users, [new("ConnectionStrings:usersdb", connectionString)]);

    private sealed class SecretFolder : IDisposable
    {
        public SecretFolder(params (string Name, string Content)[] files)
        {
            foreach (var (name, content) in files)
                File.WriteAllText(System.IO.Path.Combine(Path, name), content);
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("shtp-secrets-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

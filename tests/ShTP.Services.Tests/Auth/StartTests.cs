using Microsoft.EntityFrameworkCore;
using ShTP.ServiceDefaults.Configuration;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class StartTests
{
    private const string Email = "admin@example.org";

    private static readonly (string, string)[] FirstAdmin = [("FirstAdmin:Email", Email), ("FirstAdmin:Password", AuthSystem.Password)];

    [Fact]
    public async Task FirstAdmin_UsersComesLate_CanSignInOnceAmongReplicas()
    {
        await using var system = await AuthSystem.StartAsync(0);
        system.Users.Outages = 3;
        var hosts = await Task.WhenAll(system.AddReplicaAsync(FirstAdmin), system.AddReplicaAsync(FirstAdmin));

        foreach (var host in hosts)
            await HealthAsync(system, host, healthy: true);

        Assert.Equal("admin", AuthSystem.Claim((await system.LogInAsync(Email)).AccessToken, "role"));
        Assert.Equal(1, await system.QueryAsync(db => db.Credentials.CountAsync()));
    }

    [Fact]
    public async Task FirstAdmin_UsersDown_IsUnhealthyUntilThereIsOne()
    {
        await using var system = await AuthSystem.StartAsync(0);
        system.Users.Outages = int.MaxValue;
        await HealthAsync(system, await system.AddReplicaAsync(FirstAdmin), healthy: false);
        system.Users.Outages = 0;
        await HealthAsync(system, system.Host, healthy: true);
        system.Users.Outages = int.MaxValue;
        await HealthAsync(system, await system.AddReplicaAsync(FirstAdmin), healthy: true);
    }

    [Fact]
    public async Task FirstAdmin_HasAPasswordAlready_KeepsIt()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, email) = await system.CreateUserAsync(email: Email);
        system.Users.Admins[email] = id;
        await HealthAsync(system, await system.AddReplicaAsync(("FirstAdmin:Email", Email), ("FirstAdmin:Password", "not the one in use")), healthy: true);
        await system.LogInAsync(email);
    }

    [Theory]
    [InlineData("Auth:KeyEncryptionKey", "too short")]
    [InlineData("Auth:AccessTokenLifetime", "00:00:01")]
    [InlineData("Auth:RefreshTokenLifetime", "00:10:00")]
    [InlineData("Auth:Hashing:MemoryKib", "1")]
    [InlineData("Auth:Throttling:FirstWait", "00:00:00")]
    [InlineData("Auth:Throttling:AccountGuesses", "3")]
    [InlineData("Auth:Throttling:ForgetAfter", "23:00:00")]
    [InlineData("Auth:Throttling:DevicesKnownFor", "01:00:00")]
    [InlineData("School:Name", "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    [InlineData("FirstAdmin:Email", Email)]
    [InlineData("FirstAdmin:Email", "nobody")]
    public async Task Start_BadSetting_IsRefusedByName(string key, string value)
    {
        await using var system = await AuthSystem.StartAsync(0);
        var fault = await Assert.ThrowsAsync<StartException>(() => system.AddReplicaAsync((key, value)));
        Assert.Contains(key.Split(':')[^1], fault.Message, StringComparison.Ordinal);
    }

    private static async Task HealthAsync(AuthSystem system, ServiceHost<ShTP.Auth.AuthOptions> host, bool healthy)
    {
        using var http = new HttpClient { BaseAddress = host.HttpAddress, Timeout = TimeSpan.FromSeconds(10) };
        await Eventually.HoldsAsync(
            async () =>
            {
                system.Time.Advance(TimeSpan.FromSeconds(1)); // Retries wait on the test's clock.
                using var answer = await http.GetAsync("/health");
                return answer.IsSuccessStatusCode == healthy;
            },
            healthy ? "it becomes healthy" : "it is unhealthy");
    }
}

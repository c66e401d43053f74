using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Aspire.Hosting.Testing;
using ShTP.Distributed.Tests.Chaos;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>A school loses everything but its backups and its secrets, and goes on.</summary>
[Collection(OwnSystem.Name)]
public sealed class BackupAndRestoreTests : IDisposable
{
    private const string Backup = "backup";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _backups = Directory.CreateTempSubdirectory("shtp-scheduled-");
    private readonly string _secret = $"--Parameters:auth-key-encryption-key={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    public void Dispose() => _backups.Delete(recursive: true);

    [Fact]
    public async Task System_RestoredFromAScheduledBackup_GoesOn()
    {
        var email = School.UniqueEmail();
        string adminPassword;
        string token;
        await using (var system = new SystemWith(_secret, $"--Backup:Directory={_backups.FullName}", "--Backup:Every=00:00:10"))
        {
            await system.InitializeAsync();
            adminPassword = system.AdminPassword;
            token = await WorkAsync(await system.AdminAsync(), email);
            var worked = DateTimeOffset.UtcNow;
            await Eventually.HoldsAsync(() => Task.FromResult(Times().LastOrDefault() > worked), "what was done is backed up", Limit);
            // There was one right after the start.
            Assert.True(Times().Count > 1, "only one backup was made");
            await AgeIsShownAsync(system);
        }

        await using var restored = new SystemWith(_secret, $"--Backup:Restore={_backups.FullName}");
        await restored.InitializeAsync();

        var student = await restored.Anonymous().LoginAsync(email, School.Password);
        Assert.Equal(7, (int)(await student.GetAsync("/api/v1/auth/me")).Ok()["rating"]!);
        // Signed with a key of the former system.
        Assert.Equal(7, (int)(await new ApiClient(student.Http, token).GetAsync("/api/v1/auth/me")).Ok()["rating"]!);
        var achievement = Assert.Single((JsonArray)(await student.GetAsync("/api/v1/achievements")).Ok().Json!)!;
        using var proof = await student.Http.GetAsync($"/storage/achievements/{(string)achievement["attachmentName"]!}");
        Assert.Equal(HttpStatusCode.OK, proof.StatusCode);
        Assert.Equal(Achievements.Pdf, await proof.Content.ReadAsByteArrayAsync());
        await WorkAsync(await restored.Anonymous().LoginAsync(RunningSystem.AdminEmail, adminPassword), School.UniqueEmail());
    }

    /// <summary>A student comes and gets 7 points for an achievement. Returns a token of the student.</summary>
    private static async Task<string> WorkAsync(ApiClient admin, string email)
    {
        var client = new PatientClient(Random.Shared);
        var group = (string)(await client.CallAsync(admin, HttpMethod.Put, "/api/v1/groups", PatientClient.Json(new { name = $"G {email}", color = "#3776ab" })))["uuid"]!;
        var body = new { email, password = School.Password, firstName = "Ada", lastName = "Lovelace", role = "student", groupId = group, learningClass = 10 };
        await client.CallAsync(admin, HttpMethod.Put, "/api/v1/users", PatientClient.Json(body));
        var student = await new ApiClient(admin.Http).LoginAsync(email, School.Password);
        var id = (string)(await client.CallAsync(student, HttpMethod.Put, "/api/v1/achievements", () => Achievements.AsReactSends("Победа", Achievements.Pdf)))["uuid"]!;
        await client.CallAsync(admin, HttpMethod.Patch, "/api/v1/achievements/moderate", PatientClient.Json(new { uuid = id, status = 1, points = 7, version = 1 }));
        await Eventually.HoldsAsync(async () => (int)(await student.GetAsync("/api/v1/auth/me")).Ok()["rating"]! == 7, "the points arrive");
        return student.Token!;
    }

    private static async Task AgeIsShownAsync(RunningSystem system)
    {
        using var client = system.App.CreateHttpClient(Backup, "http");
        var health = JsonNode.Parse(await client.GetStringAsync("/health"))!;
        Assert.Equal("Healthy", (string)health["status"]!);
        Assert.Equal("The newest backup is 0.0 hours old", (string)health["checks"]![Backup]!["description"]!);
        // What the dashboard and the terminal show of it, as old as their last look.
        await system.App.ResourceNotifications.WaitForResourceAsync(
            Backup, change => change.Snapshot.HealthReports.Any(report => report.Description?.Contains("backup", StringComparison.Ordinal) == true), TestContext.Current.CancellationToken)
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>When the backups were made, as their manifests say.</summary>
    private List<DateTimeOffset> Times() =>
    [
        .. _backups.EnumerateDirectories("2*").Select(folder => Path.Combine(folder.FullName, "manifest.json")).Where(File.Exists)
            .Select(manifest => (DateTimeOffset)JsonNode.Parse(File.ReadAllText(manifest))!["takenAt"]!).Order(),
    ];

    private sealed class SystemWith(params string[] arguments) : RunningSystem
    {
        protected override IReadOnlyList<string> Arguments => [.. base.Arguments, .. arguments];
    }
}

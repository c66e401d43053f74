using ShTP.Invariants;
using ShTP.Verify;
using Xunit;

namespace ShTP.Services.Tests.Invariants;

/// <summary>The check of invariants: finds every fault that is planted, and nothing else.</summary>
public sealed class InvariantTests(PlantedFaults faults) : IClassFixture<PlantedFaults>
{
    private static readonly InvariantCheckOptions Options = new();

    public static TheoryData<string> Names => [.. InvariantCheck.All(Options).Select(invariant => invariant.Name)];

    [Fact]
    public async Task Check_OfEmptyAndOfHealthyDatabases_FindsNothing()
    {
        await using var databases = await SchoolDatabases.CreateAsync();

        Assert.Empty((await databases.CheckAsync()).Violations);
        await Pupil.EnterAsync(databases);
        await Pupil.EnterAsync(databases);
        var report = await databases.CheckAsync();

        Assert.Empty(report.Violations);
        Assert.Equal(InvariantCheck.All(Options).Count, report.Checked);
    }

    [Fact]
    public void Names_AndReasons_AreOnesOfTheirOwn()
    {
        var all = InvariantCheck.All(new InvariantCheckOptions { FilesDirectory = "/" });
        Assert.Equal(all.Count, all.Select(invariant => invariant.Name).Distinct().Count());
        Assert.All(all, invariant => Assert.Matches("^[a-z-]+$", invariant.Name));
        Assert.All(all, invariant => Assert.NotEmpty(invariant.Reason));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fault_ThatIsPlanted_IsFoundByItsInvariant(string name) =>
        Assert.Contains((name, faults.IdOf(name)), faults.Report.Violations.Select(violation => (violation.Invariant, violation.Id)));

    [Fact]
    public async Task Fault_ThatAMessageOnItsWaySpeaksOf_IsNone()
    {
        await using var databases = await SchoolDatabases.CreateAsync();
        var pupil = await Pupil.EnterAsync(databases);
        var leaving = PlantedFault.All["registration-has-user"];
        await databases.ExecuteAsync(leaving.Database, leaving.Sql(pupil));
        Assert.NotEmpty((await databases.CheckAsync()).Violations);

        await databases.ExecuteAsync(Database.Users,
            $"INSERT INTO outbox (id, key, path, payload) VALUES (gen_random_uuid(), 'k', '/x', convert_to('{pupil.Nobody}', 'UTF8'))");

        Assert.Empty((await databases.CheckAsync()).Violations);
    }

    [Theory]
    [InlineData("proof-is-claimed")]
    [InlineData("proof-claim-has-holder")]
    public async Task Fault_OfSomebodyWhoseDeletionIsOnItsWay_IsNone(string name)
    {
        await using var databases = await SchoolDatabases.CreateAsync();
        var pupil = await Pupil.EnterAsync(databases);
        var fault = PlantedFault.All[name];
        await databases.ExecuteAsync(fault.Database, fault.Sql(pupil));
        Assert.Contains((await databases.CheckAsync()).Violations, violation => violation.Invariant == name);

        await databases.ExecuteAsync(Database.Users,
            $"INSERT INTO outbox (id, key, path, payload) VALUES (gen_random_uuid(), 'k', '/x', convert_to('{pupil.Id}', 'UTF8'))");

        Assert.DoesNotContain((await databases.CheckAsync()).Violations, violation => violation.Invariant == name);
    }

    [Fact]
    public async Task Fault_ThatIsMendedBeforeItIsConfirmed_IsNone()
    {
        await using var databases = await SchoolDatabases.CreateAsync();
        var (pupil, other) = (await Pupil.EnterAsync(databases), await Pupil.EnterAsync(databases));
        var fault = PlantedFault.All["rating-is-sum"];
        await databases.ExecuteAsync(fault.Database, fault.Sql(pupil));
        await databases.ExecuteAsync(fault.Database, fault.Sql(other));

        var check = databases.CheckAsync(new InvariantCheckOptions { ConfirmAfter = TimeSpan.FromSeconds(3) });
        await databases.ExecuteAsync(Database.Users, $"SELECT pg_sleep(1); UPDATE users SET rating = rating - 1 WHERE id = '{pupil.Id}'");

        Assert.Equal($"{other.Id}", Assert.Single((await check).Violations).Id);
    }

    [Fact]
    public async Task Content_ThatIsMissingOrShort_IsFound()
    {
        await using var databases = await SchoolDatabases.CreateAsync();
        var pupil = await Pupil.EnterAsync(databases);
        var folder = Directory.CreateTempSubdirectory("shtp-content-");
        try
        {
            await WriteAsync(folder, "avatars", pupil.AvatarName, 3);
            await WriteAsync(folder, "achievements", pupil.ProofName, 4);
            var options = new InvariantCheckOptions { FilesDirectory = folder.FullName };
            Assert.Empty((await databases.CheckAsync(options)).Violations);

            await WriteAsync(folder, "avatars", pupil.AvatarName, 2);
            File.Delete(PathOf(folder, "achievements", pupil.ProofName));

            Assert.Equal(
                [
                    $"content-is-stored: achievements/{pupil.ProofName}: has no content",
                    $"content-is-stored: avatars/{pupil.AvatarName}: has 2 bytes instead of 3",
                ],
                (await databases.CheckAsync(options)).Violations.Select(violation => violation.ToString()));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Program_OnHealthyAndFaultyDatabases_PrintsOneLineForEach()
    {
        await using var databases = await SchoolDatabases.CreateAsync();
        Pupil[] pupils = [await Pupil.EnterAsync(databases), await Pupil.EnterAsync(databases), await Pupil.EnterAsync(databases)];
        string[] args = [.. databases.ConnectionStrings.Select(one => $"--ConnectionStrings:{one.Key.NameOf()}={one.Value}"), "--Verify:ConfirmAfter=00:00:00", "--Verify:MaxShown=2"];
        Assert.Equal((VerifyRun.Healthy, $"{InvariantCheck.All(Options).Count} invariants checked, nothing found"), await RunAsync(args));

        await databases.ExecuteAsync(Database.Users, "UPDATE users SET rating = 1");

        var (code, text) = await RunAsync(args);
        Assert.Equal(VerifyRun.Violated, code);
        var first = pupils.Select(pupil => $"{pupil.Id}").Min(StringComparer.Ordinal);
        Assert.Equal(4, text.Split('\n').Length);
        Assert.StartsWith($"rating-is-sum: {first}: has the rating 1, and entries of 40\n", text);
        Assert.EndsWith("\nrating-is-sum: 1 more\n" + $"{InvariantCheck.All(Options).Count} invariants checked, 3 violations", text);
    }

    [Fact]
    public async Task Program_WithWrongSettings_NamesThemAll()
    {
        var (code, text) = await RunAsync(["--ConnectionStrings:usersdb=x", "--Verify:MaxShown=0", "--Verify:StuckAfter=00:00:00", "--Verify:ConfirmAfter=-00:00:01", "--Verify:FilesDirectory=/nowhere"]);

        Assert.Equal(VerifyRun.CannotCheck, code);
        Assert.All((string[])["authdb", "filesdb", "achievementsdb", "eventsdb", "notificationsdb", "assignmentsdb"], name => Assert.Contains($"ConnectionStrings:{name} is not set.", text));
        Assert.All((string[])["MaxShown", "StuckAfter", "ConfirmAfter", "FilesDirectory"], name => Assert.Contains($"Verify:{name}", text));
        Assert.DoesNotContain("usersdb", text);
        Assert.Contains("Verify:MaxShown", (await RunAsync(["--Verify:MaxShown=many"])).Text);
    }

    [Fact]
    public async Task Program_OnADatabaseThatIsNotThere_NamesIt()
    {
        await using var databases = await SchoolDatabases.CreateAsync();
        string[] args = [.. databases.ConnectionStrings.Select(one =>
            $"--ConnectionStrings:{one.Key.NameOf()}={(one.Key == Database.Events ? one.Value.Replace("Database=", "Database=no", StringComparison.Ordinal) : one.Value)}")];

        var (code, text) = await RunAsync(args);

        Assert.Equal(VerifyRun.CannotCheck, code);
        Assert.StartsWith("eventsdb cannot be read: ", text);
    }

    private static async Task<(int Code, string Text)> RunAsync(string[] args)
    {
        using var output = new StringWriter();
        var code = await VerifyRun.RunAsync(args, output, output, CancellationToken.None);
        return (code, output.ToString().TrimEnd());
    }

    private static async Task WriteAsync(DirectoryInfo folder, string kind, string name, int length)
    {
        var path = PathOf(folder, kind, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, new byte[length]);
    }

    private static string PathOf(DirectoryInfo folder, string kind, string name) => Path.Combine(folder.FullName, kind, name[..2], name[2..4], name);
}

using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using ShTP.Achievements;
using ShTP.Backup;
using ShTP.Data;
using ShTP.Events;
using ShTP.Invariants;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Backups;

/// <summary>Backups of databases in which nobody works: made, checked, restored, damaged and deleted. ShTP.Distributed.Tests has them of a running system.</summary>
public sealed partial class BackupTests(MadeBackup shared) : IClassFixture<MadeBackup>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restore_OfABackup_HasEverything(bool isEncrypted)
    {
        await using var school = await BackedUpSchool.CreateAsync(pupils: 3);
        using var keys = new KeyFiles();
        string[] sealing = isEncrypted ? ["--public-key", keys.Public] : [];
        string[] opening = isEncrypted ? ["--private-key", keys.Private] : [];

        var made = await school.BackUpAsync(sealing);
        var verified = await school.RunAsync("verify", opening);
        var (result, restored) = await school.RestoreAsync(opening);

        Assert.True(made.Code == BackupRun.Done, made.Text);
        Assert.Matches(@"^\S+: 7 databases, [\d.]+ MB; 6 files, 0\.3 MB, 6 new; writes waited \d+ ms \(1 attempts\); [\d.]+ s$", made.Text);
        Assert.Equal((BackupRun.Done, $"{Assert.Single(school.Names)}: whole"), verified);
        Assert.True(result.Code == BackupRun.Done, result.Text);
        Assert.Empty((await school.CheckAsync(restored)).Violations);
        foreach (var database in DatabaseNames.All)
            Assert.Equal(await ContentAsync(school.Databases.ConnectionStrings[database]), await ContentAsync(restored[database]));
        foreach (var file in Directory.EnumerateFiles(school.Files, "*", SearchOption.AllDirectories))
            Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(Path.Combine(school.RestoredFiles, Path.GetRelativePath(school.Files, file))));
    }

    [Fact]
    public async Task Backup_Encrypted_ShowsNothingOfItsContent()
    {
        await using var school = shared.Copy(withBackup: false);
        using var keys = new KeyFiles();
        await school.BackUpAsync("--public-key", keys.Public);

        foreach (var file in Directory.EnumerateFiles(school.Backups, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not "manifest.json" and not ".lock"))
            Assert.Equal("SHTPSEA1"u8.ToArray(), (await File.ReadAllBytesAsync(file))[..8]);
        Assert.Equal((BackupRun.Done, $"{school.Names.Single()}: whole, not decrypted"), await school.RunAsync("verify"));
        var withoutKey = await school.RestoreIntoAsync(shared.Empty);
        Assert.Equal(BackupRun.Failed, withoutKey.Code);
        Assert.Contains("name the file with its private key by --private-key", withoutKey.Text);
        using var others = new KeyFiles();
        var withOther = await school.RestoreIntoAsync(shared.Empty, "--private-key", others.Private);
        Assert.Equal(BackupRun.Failed, withOther.Code);
        Assert.Contains("and the private key is", withOther.Text);
    }

    [Fact]
    public async Task Backup_Again_CopiesOnlyNewContent()
    {
        await using var school = await BackedUpSchool.CreateAsync(pupils: 2);
        Assert.Contains("4 files, 0.2 MB, 4 new", (await school.BackUpAsync()).Text);

        await school.EnterAsync();

        Assert.Contains("6 files, 0.3 MB, 2 new", (await school.BackUpAsync()).Text);
        using var keys = new KeyFiles();
        Assert.Contains("6 files, 0.3 MB, 6 new", (await school.BackUpAsync("--public-key", keys.Public)).Text);
        Assert.Equal(BackupRun.Done, (await school.RunAsync("verify", "--private-key", keys.Private)).Code);
    }

    [Fact]
    public async Task Backup_WithKeep_DeletesOlderOnesAndTheirContentOnly()
    {
        await using var school = await BackedUpSchool.CreateAsync();
        var files = await school.EnterAsync();
        await school.BackUpAsync();
        var first = school.Names.Single();
        await school.Databases.ExecuteAsync(Database.Files, $"DELETE FROM claims; DELETE FROM files WHERE name = '{Path.GetFileName(files[0])}'");
        await school.BackUpAsync();

        var kept = await school.BackUpAsync("--keep", "2");

        Assert.Contains("1 older backups and 1 files that no backup has were deleted", kept.Text);
        Assert.Equal(2, school.Names.Count());
        Assert.DoesNotContain(first, school.Names);
        Assert.Equal(3, Directory.EnumerateFiles(school.Blobs, "*", SearchOption.AllDirectories).Count());
        Assert.Equal(BackupRun.Done, (await school.RunAsync("verify")).Code);
    }

    [Fact]
    public async Task Backup_WithKeepAndADamagedManifest_DeletesNothing()
    {
        await using var school = shared.Copy();
        await school.BackUpAsync();
        var manifest = Path.Combine(school.Backups, school.Names.Last(), "manifest.json");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest))[..100]);

        var made = await school.BackUpAsync("--keep", "2");

        Assert.Equal(BackupRun.Failed, made.Code);
        Assert.Contains($"{manifest} is damaged", made.Text);
        Assert.Equal(3, school.Names.Count());
    }

    [Fact]
    public async Task Restore_IntoWhatIsNotEmpty_IsRefusedAndNamesIt()
    {
        await using var school = shared.Copy();
        Directory.CreateDirectory(school.RestoredFiles);
        await File.WriteAllTextAsync(Path.Combine(school.RestoredFiles, "notes.txt"), "");
        var before = await ContentAsync(school.Databases.ConnectionStrings[Database.Users]);

        var (code, text) = await school.RestoreIntoAsync(school.Databases.ConnectionStrings);

        Assert.Equal(BackupRun.Failed, code);
        Assert.All(DatabaseNames.All, database => Assert.Contains($"({database.NameOf()}) is not empty", text));
        Assert.Contains($"The folder {school.RestoredFiles} is not empty: it has notes.txt.", text);
        Assert.Equal(before, await ContentAsync(school.Databases.ConnectionStrings[Database.Users]));
    }

    [Fact]
    public async Task Restore_IntoMissingDatabases_CreatesThem()
    {
        await using var school = shared.Copy();
        var names = new List<string>();
        var targets = school.Databases.ConnectionStrings.ToDictionary(one => one.Key, one =>
        {
            var settings = new NpgsqlConnectionStringBuilder(one.Value);
            settings.Database += "-restored";
            names.Add(settings.Database);
            return settings.ConnectionString;
        });
        try
        {
            var (code, text) = await school.RestoreIntoAsync(targets);

            Assert.True(code == BackupRun.Done, text);
            Assert.Empty((await school.CheckAsync(targets)).Violations);
        }
        finally
        {
            foreach (var name in names)
                await school.Databases.ExecuteAsync(Database.Auth, $"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
        }
    }

    [Theory]
    [InlineData("usersdb.dump", true)]
    [InlineData("usersdb.dump", false)]
    [InlineData("blobs", true)]
    [InlineData("blobs", false)]
    public async Task VerifyAndRestore_OfAFileThatIsDamagedOrMissing_NameIt(string what, bool isMissing)
    {
        await using var school = shared.Copy();
        var file = what == "blobs" ? Directory.EnumerateFiles(school.Blobs, "*", SearchOption.AllDirectories).First() : Path.Combine(school.Backups, school.Names.Single(), what);
        if (isMissing)
            File.Delete(file);
        else
            await DamageAsync(file);

        var verified = await school.RunAsync("verify");
        var result = await school.RestoreIntoAsync(shared.Empty);

        var fault = $"{file} is {(isMissing ? "missing" : "damaged")}";
        Assert.Equal(BackupRun.NotWhole, verified.Code);
        Assert.Contains(fault, verified.Text);
        Assert.Contains("1 faults", verified.Text);
        Assert.Equal(BackupRun.Failed, result.Code);
        Assert.Contains(fault, result.Text);
        foreach (var target in shared.Empty.Values)
            Assert.Empty(await ContentAsync(target));
        Assert.False(Directory.Exists(school.RestoredFiles));
    }

    [Fact]
    public async Task Backup_AfterContentOfAnEarlierOneWasCut_CopiesItAgain()
    {
        await using var school = shared.Copy();
        var blob = Directory.EnumerateFiles(school.Blobs, "*", SearchOption.AllDirectories).First();
        await File.WriteAllBytesAsync(blob, []);

        Assert.Contains("2 files, 0.1 MB, 1 new", (await school.BackUpAsync()).Text);
        Assert.Equal(BackupRun.Done, (await school.RunAsync("verify")).Code);
    }

    [Fact]
    public async Task Backup_WhileAMessageIsBeingSent_WaitsForItsEnd()
    {
        await using var school = await BackedUpSchool.CreateAsync();
        await using var writer = new NpgsqlConnection(school.Databases.ConnectionStrings[Database.Achievements]);
        await writer.OpenAsync(TestContext.Current.CancellationToken);
        var sending = await writer.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(writer, "INSERT INTO outbox (id, key, path, payload) VALUES (gen_random_uuid(), 'k', '/x', '\\x00')");

        var backup = school.BackUpAsync();
        // It waits for the lock, which the server shows.
        await Eventually.HoldsAsync(async () => await WaitersAsync(school) > 0, "the backup waits");
        await sending.CommitAsync(TestContext.Current.CancellationToken);
        var (code, text) = await backup;

        Assert.True(code == BackupRun.Done, text);
        var (result, restored) = await school.RestoreAsync();
        Assert.True(result.Code == BackupRun.Done, result.Text);
        Assert.Contains(await ContentAsync(restored[Database.Achievements]), table => table.StartsWith("public.outbox: 1 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Backup_WhenNoMomentIsFree_FailsNamesTheDatabaseAndLeavesNothing()
    {
        await using var school = await BackedUpSchool.CreateAsync();
        await using var writer = new NpgsqlConnection(school.Databases.ConnectionStrings[Database.Events]);
        await writer.OpenAsync(TestContext.Current.CancellationToken);
        await using var sending = await writer.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(writer, "INSERT INTO inbox (id) VALUES (gen_random_uuid())");

        var (code, text) = await school.BackUpAsync("--Backup:BarrierLimit=00:00:02");

        Assert.Equal(BackupRun.Failed, code);
        Assert.Contains("a transaction on eventsdb did not end", text);
        Assert.Empty(school.Names);
        // Those who waited meanwhile go on.
        await school.Databases.ExecuteAsync(Database.Users, "INSERT INTO inbox (id) VALUES (gen_random_uuid())");
    }

    [Fact]
    public async Task Backup_OfADatabaseThatCannotBeDumped_FailsNamesItAndLeavesNothing()
    {
        await using var school = await BackedUpSchool.CreateAsync();
        await school.Databases.ExecuteAsync(Database.Events, "CREATE FUNCTION broken() RETURNS int LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler'; UPDATE pg_proc SET prolang = 99999 WHERE proname = 'broken'");

        var (code, text) = await school.BackUpAsync();

        Assert.Equal(BackupRun.Failed, code);
        Assert.Contains("eventsdb: pg_dump failed with exit code 1: ", text);
        Assert.Empty(school.Names);
    }

    [Fact]
    public async Task Run_WhileAnotherOneUsesTheFolder_IsRefused()
    {
        await using var school = shared.Copy();
        await using (new FileStream(Path.Combine(school.Backups, ".lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            foreach (var (code, text) in new[] { await school.BackUpAsync(), await school.RunAsync("verify"), await school.RestoreIntoAsync(shared.Empty) })
            {
                Assert.Equal(BackupRun.Failed, code);
                Assert.Contains("is in use by another backup, check or restore", text);
            }
        }

        Assert.Equal(BackupRun.Done, (await school.RunAsync("verify")).Code);
    }

    [Fact]
    public async Task Backup_AfterARunThatWasKilled_RemovesWhatItLeft()
    {
        await using var school = shared.Copy();
        var left = Directory.CreateDirectory(Path.Combine(school.Backups, ".unfinished-x"));
        await File.WriteAllTextAsync(Path.Combine(left.FullName, "usersdb.dump"), "half");
        var content = Path.Combine(Directory.CreateDirectory(Path.Combine(school.Blobs, "ab")).FullName, $"{new string('a', 64)}.tmp");
        await File.WriteAllTextAsync(content, "half");

        Assert.Equal(BackupRun.Done, (await school.BackUpAsync()).Code);

        Assert.False(left.Exists && Directory.Exists(left.FullName));
        Assert.False(File.Exists(content));
    }

    [Fact]
    public async Task Backup_OfFilesThatLostContent_IsMadeAndNamesIt()
    {
        await using var school = shared.Copy(withBackup: false);
        string[] files = [.. Files(school, "avatars"), .. Files(school, "achievements")];
        File.Delete(files[0]);
        await DamageAsync(files[1]);

        var (code, text) = await school.BackUpAsync();

        Assert.Equal(BackupRun.NotWhole, code);
        Assert.Contains($"avatars/{Path.GetFileName(files[0])} is missing or damaged", text);
        Assert.Contains($"achievements/{Path.GetFileName(files[1])} is missing or damaged", text);
        Assert.Equal(BackupRun.Done, (await school.RunAsync("verify")).Code);
        var (result, restored) = await school.RestoreAsync();
        Assert.True(result.Code == BackupRun.Done, result.Text);
        Assert.Equal(2, (await school.CheckAsync(restored)).Violations.Count(violation => violation.Invariant == "content-is-stored"));
    }

    [Fact]
    public async Task Restore_OfAnOldBackup_LeavesMessagesAsYoungAsTheyWere()
    {
        await using var school = await BackedUpSchool.CreateAsync();
        await school.Databases.ExecuteAsync(Database.Users,
            """
            INSERT INTO outbox (id, key, path, payload, created_at) VALUES (gen_random_uuid(), 'k', '/x', '\x00', now() - interval '40 days 1 minute');
            INSERT INTO inbox (id, received_at) VALUES (gen_random_uuid(), now() - interval '40 days 1 minute')
            """);
        await school.BackUpAsync();
        // As if it had been made 40 days ago, too.
        var manifest = Path.Combine(school.Backups, school.Names.Single(), "manifest.json");
        await File.WriteAllTextAsync(manifest, TakenAt().Replace(await File.ReadAllTextAsync(manifest), match =>
            $"\"takenAt\": \"{DateTimeOffset.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture).AddDays(-40):O}\""));

        var (result, restored) = await school.RestoreAsync();

        Assert.True(result.Code == BackupRun.Done, result.Text);
        // Older ones are given up at the first failure, and forgotten by their receiver.
        Assert.InRange(await AgeAsync("SELECT created_at FROM outbox"), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
        Assert.InRange(await AgeAsync("SELECT received_at FROM inbox"), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));

        async Task<TimeSpan> AgeAsync(string query)
        {
            await using var source = NpgsqlDataSource.Create(restored[Database.Users]);
            await using var command = source.CreateCommand(query);
            return DateTime.UtcNow - (DateTime)(await command.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task Restore_OfAnOlderVersion_IsMigratedByTheServices()
    {
        await using var school = await BackedUpSchool.CreateAsync();
        // What has no downgrade of content: both have rows that the newer migrations extend.
        await MigrateAsync<EventsDb>(school.Databases.ConnectionStrings[Database.Events], "20261124122202_Initial");
        await MigrateAsync<AchievementsDb>(school.Databases.ConnectionStrings[Database.Achievements], "20261124120002_Initial");
        Assert.Equal(BackupRun.Done, (await school.BackUpAsync()).Code);

        var (result, restored) = await school.RestoreAsync();
        Assert.True(result.Code == BackupRun.Done, result.Text);
        await MigrateAsync<EventsDb>(restored[Database.Events], null);
        await MigrateAsync<AchievementsDb>(restored[Database.Achievements], null);

        var before = await ContentAsync(school.Databases.ConnectionStrings[Database.Events]);
        Assert.Contains(before, table => table.StartsWith("public.events: 1 ", StringComparison.Ordinal));
        Assert.Contains(await ContentAsync(restored[Database.Events]), table => table.StartsWith("public.recorded_calls: 0 ", StringComparison.Ordinal));
        // The number of decisions is newer than the rows, and the backup does not know it.
        Assert.DoesNotContain((await school.CheckAsync(restored)).Violations, violation => violation.Invariant is not ("decision-is-told" or "told-was-decided"));
    }

    [Fact]
    public async Task Restore_ByName_TakesThatOne()
    {
        await using var school = await BackedUpSchool.CreateAsync();
        await school.BackUpAsync();
        var first = school.Names.Single();
        await school.EnterAsync();
        await school.BackUpAsync();

        var wrong = await school.RestoreIntoAsync(shared.Empty, "--at", "2020-01-01T000000.000Z");
        Assert.Contains($"There is no backup 2020-01-01T000000.000Z in {school.Backups}; there are {string.Join(", ", school.Names)}.", wrong.Text);
        var (result, restored) = await school.RestoreAsync("--at", first);

        Assert.True(result.Code == BackupRun.Done, result.Text);
        Assert.Contains(await ContentAsync(restored[Database.Users]), table => table.StartsWith("public.users: 1 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_OfANewerForm_IsRefused()
    {
        await using var school = shared.Copy();
        var manifest = Path.Combine(school.Backups, school.Names.Single(), "manifest.json");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest)).Replace("\"format\": 1", "\"format\": 2"));

        Assert.Contains("was written by a newer version of ShTP: its format is 2", (await school.RestoreIntoAsync(shared.Empty)).Text);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("avatars")]
    public async Task Restore_OfAManifestWithOtherPaths_IsRefused(string folder)
    {
        await using var school = shared.Copy();
        var manifest = Path.Combine(school.Backups, school.Names.Single(), "manifest.json");
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(manifest, folder == "avatars" ? text.Replace(".png\"", ".png/../x\"") : text.Replace("\"folder\": \"avatars\"", $"\"folder\": \"{folder}\""));

        Assert.Contains("is not the entry of a file", (await school.RestoreIntoAsync(shared.Empty)).Text);
    }

    [Fact]
    public async Task Run_WithWrongSettings_NamesAllOfThem()
    {
        await using var school = shared.Copy(withBackup: false);

        var (code, text) = await school.RunAsync("backup", "--ConnectionStrings:usersdb=Port=many", "--keep", "-1", "--at", "yesterday", "--public-key", "/nowhere.pem", "--private-key", "/nowhere.pem", "--Backup:Binaries=/nowhere", "--Backup:BarrierLimit=00:00:00");

        Assert.Equal(BackupRun.Failed, code);
        Assert.All(
            ["ConnectionStrings:usersdb is not a connection string", "ConnectionStrings:authdb is not set", "Backup:Keep", "Backup:At", "Backup:PublicKey", "Backup:PrivateKey", "Backup:Binaries", "Backup:BarrierLimit", "Backup:FilesDirectory"],
            fault => Assert.Contains(fault, text));
        Assert.Contains("Use: backup DIR", (await school.RunAsync("backups")).Text);
        Assert.Contains($"There is no folder '{school.Backups}'.", (await school.RunAsync("verify")).Text);
    }

    private static async Task MigrateAsync<TContext>(string connectionString, string? target)
        where TContext : DbContext
    {
        var options = new DbContextOptionsBuilder<TContext>().UseNpgsql(connectionString + ";Pooling=false").UseSnakeCaseNamingConvention().Options;
        await using var db = (TContext)Activator.CreateInstance(typeof(TContext), options)!;
        if (target is null)
            await Migrations.ApplyAsync(db, TestContext.Current.CancellationToken);
        else
            await db.GetService<IMigrator>().MigrateAsync(target, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> Files(BackedUpSchool school, string folder) =>
        Directory.EnumerateFiles(Path.Combine(school.Files, folder), "*", SearchOption.AllDirectories);

    private static async Task DamageAsync(string file)
    {
        var content = await File.ReadAllBytesAsync(file);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, content);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<long> WaitersAsync(BackedUpSchool school)
    {
        await using var source = NpgsqlDataSource.Create(school.Databases.ConnectionStrings[Database.Achievements] + ";Pooling=false");
        await using var command = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ShTP backup' AND wait_event_type = 'Lock'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A line for each table: its name, the number of its rows, and a hash of all of them. Times of messages are left out, because a restore moves them.</summary>
    private static async Task<List<string>> ContentAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (var names = new NpgsqlCommand("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1", connection))
        await using (var reader = await names.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }

        for (var i = 0; i < tables.Count; i++)
        {
            await using var command = new NpgsqlCommand(
                $"SELECT count(*), md5(coalesce(string_agg(row, E'\\n' ORDER BY row), '')) FROM (SELECT (to_jsonb(t) - 'received_at' - 'next_attempt_at')::text AS row FROM {tables[i]} t) AS rows", connection);
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            tables[i] = $"{tables[i]}: {reader.GetInt64(0)} {reader.GetString(1)}";
        }

        return tables;
    }

    [GeneratedRegex("\"takenAt\": \"([^\"]+)\"")]
    private static partial Regex TakenAt();
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using ShTP.Invariants;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>
/// Backups of a system in which people do everything that they do. Each is restored, has everything that was answered
/// before it began, and violates no invariant. <c>SHTP_BACKUP_ROUNDS=20</c> makes it the long run.
/// </summary>
[Collection(ShakenSystem.Name)]
public sealed partial class BackupTests(RunningSystem system) : IDisposable
{
    private static readonly TimeSpan ProgramLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(2);

    // No limit of a call is near, also where many tests share the processors; on a calm machine it is some milliseconds.
    private static readonly TimeSpan LongestBarrier = TimeSpan.FromSeconds(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shtp-backup-");

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("SHTP_BACKUP_ROUNDS") ?? "2", CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Backup_WhilePeopleWork_IsOneMoment()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        var seed = Environment.TickCount;
        var admin = await system.AdminAsync();
        Load[] loads =
        [
            new AchievementLoad(admin, seed + 1), new AchievementLoad(admin, seed + 2), new PeopleLoad(admin, seed + 3), new DeletionLoad(admin, seed + 4),
            new EventLoad(admin, seed + 5), new NotificationLoad(admin, seed + 6), new FileLoad(admin, seed + 7),
        ];
        try
        {
            foreach (var load in loads)
                await load.PrepareAsync();
            using var stop = new CancellationTokenSource();
            var work = loads.Select(load => Task.Run(() => load.RunAsync(stop.Token))).ToArray();
            await system.ExplainAsync(async () =>
            {
                try
                {
                    for (var round = 1; round <= Rounds && !work.Any(one => one.IsFaulted); round++)
                        await RoundAsync(round, loads, work);
                }
                finally
                {
                    await stop.CancelAsync();
                }

                await Task.WhenAll(work).WaitAsync(LongestRound);
            });
        }
        finally
        {
            Say(string.Join('\n', loads.SelectMany(load => load.LongestWaits)));
            await Disposing.AllAsync(loads);
        }
    }

    private async Task RoundAsync(int round, Load[] loads, Task[] work)
    {
        // Something new must have happened since the last round.
        var before = loads.Sum(load => load.Steps);
        await Eventually.HoldsAsync(
            async () =>
            {
                // Its own fault says more than that nothing happens.
                await (work.FirstOrDefault(one => one.IsFaulted) ?? Task.CompletedTask);
                return loads.Sum(load => load.Steps) > before + loads.Length;
            }, "people work", LongestRound);
        var promises = loads.SelectMany(load => load.Promises).ToList();
        var steps = loads.Sum(load => load.Steps);
        var made = await RunAsync("backup", await ConnectionsAsync(name => name), system.FilesDirectory, "--keep", "2");
        steps = loads.Sum(load => load.Steps) - steps;
        var restoredFiles = Path.Combine(_folder.FullName, $"files-{round}");
        var restored = await ConnectionsAsync(name => $"{name}_{round}");
        try
        {
            var clock = await RunAsync("restore", restored, restoredFiles);
            Say($"{round}: {promises.Count} promises, {steps} steps meanwhile; {made.Split('\n')[0]}; {clock}");
            var report = await InvariantCheck.RunAsync(restored, new InvariantCheckOptions { FilesDirectory = restoredFiles }, CancellationToken.None);
            Assert.True(report.IsHealthy, $"round {round}: {made}\n{string.Join('\n', report.Violations)}");
            await KeepsAsync(promises, restored);
        }
        finally
        {
            foreach (var database in DatabaseNames.All)
                await ExecuteAsync($"DROP DATABASE IF EXISTS \"{database.NameOf()}_{round}\" WITH (FORCE)");
            if (Directory.Exists(restoredFiles))
                Directory.Delete(restoredFiles, recursive: true);
        }

        Assert.InRange(TimeSpan.FromMilliseconds(int.Parse(Waited().Match(made).Groups[1].ValueSpan, CultureInfo.InvariantCulture)), TimeSpan.Zero, LongestBarrier);
    }

    private static async Task KeepsAsync(IEnumerable<Promise> promises, Dictionary<Database, string> restored)
    {
        foreach (var kind in promises.GroupBy(promise => (promise.Database, promise.Query)))
        {
            await using var source = NpgsqlDataSource.Create(restored[kind.Key.Database] + ";Pooling=false");
            await using var command = source.CreateCommand(kind.Key.Query);
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new HashSet<string>(StringComparer.Ordinal);
            while (await reader.ReadAsync())
                rows.Add(reader.GetString(0));
            Assert.Empty(kind.Select(promise => promise.Row).Except(rows));
        }
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private async Task<Dictionary<Database, string>> ConnectionsAsync(Func<string, string> named)
    {
        var connections = new Dictionary<Database, string>();
        foreach (var database in DatabaseNames.All)
        {
            var settings = new NpgsqlConnectionStringBuilder(await system.ConnectionStringAsync(database.NameOf()));
            settings.Database = named(settings.Database!);
            connections[database] = settings.ConnectionString;
        }

        return connections;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(await system.ConnectionStringAsync("authdb") + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The program as a process of its own, as an operator starts it.</summary>
    private async Task<string> RunAsync(string command, Dictionary<Database, string> connections, string files, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ShTP.Backup.dll"), command, Path.Combine(_folder.FullName, "backups"), "--files", files, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (database, text) in connections)
            start.Environment[$"ConnectionStrings__{database.NameOf()}"] = text;
        using var program = Process.Start(start)!;
        var (output, error) = (program.StandardOutput.ReadToEndAsync(), program.StandardError.ReadToEndAsync());
        try
        {
            await program.WaitForExitAsync().WaitAsync(ProgramLimit);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill(entireProcessTree: true);
        }

        Assert.True(program.ExitCode == 0, $"{command} ended with {program.ExitCode}: {await output}{await error}");
        return (await output).TrimEnd();
    }

    [GeneratedRegex(@"writes waited (\d+) ms")]
    private static partial Regex Waited();
}

using System.Collections.Concurrent;
using ShTP.Backup.Postgres;
using ShTP.Backup.Sealing;
using ShTP.Backup.Storage;
using ShTP.Invariants;
using ShTP.LocalPostgres;
using ShTP.ServiceDefaults;

namespace ShTP.Backup.Making;

/// <summary>A backup that was made.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Manifest">What it consists of.</param>
/// <param name="NewFiles">How much content was copied; the rest was there.</param>
/// <param name="Attempts">How many attempts the barrier took.</param>
internal sealed record MadeBackup(string Name, Manifest Manifest, int NewFiles, int Attempts);

/// <summary>Makes a backup of a running system: a snapshot of all databases at one moment, then their dumps and the content of Files.</summary>
internal static class BackupMaker
{
    // pg_dump uses a processor to compress, and the services need some meanwhile.
    private const int DumpsAtOnce = 2;

    /// <summary>Makes a backup, whole or not at all.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="targets">All databases.</param>
    /// <param name="content">The content of Files.</param>
    /// <param name="key">To encrypt it; null not to.</param>
    /// <param name="binaries">The folder of pg_dump; null to look for it.</param>
    /// <param name="barrierLimit">How long a moment at which no message is on its way is looked for.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException">It could not be made.</exception>
    /// <exception cref="LocalPostgresException">There is no pg_dump for the server.</exception>
    public static async Task<MadeBackup> MakeAsync(
        BackupFolder folder, IReadOnlyList<Target> targets, ContentFolder content, SealingKey? key, string? binaries, TimeSpan barrierLimit, CancellationToken cancellationToken)
    {
        var unfinished = folder.Begin();
        var snapshots = new List<DatabaseSnapshot>();
        try
        {
            foreach (var target in targets)
                snapshots.Add(await DatabaseSnapshot.OpenAsync(target, cancellationToken));
            var programs = await ClientPrograms.FindAsync(binaries, snapshots.Max(one => one.ServerVersion), cancellationToken);
            var live = targets.Single(one => one.Database == Database.Files);
            await using var pause = await CollectorPause.BeginAsync(live, cancellationToken);
            var passage = await Barrier.PassAsync(snapshots, barrierLimit, cancellationToken);

            // Whichever fails first stops the other.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var copy = new ContentCopy(content, folder, key, live);
            var dumping = StoppingAsync(stop, () => DumpAllAsync(snapshots, programs, unfinished, key, stop.Token));
            // The dumps use other connections, so this one is free for the content.
            var copying = StoppingAsync(stop, () => copy.RunAsync(snapshots.Single(one => one.Target.Database == Database.Files), stop.Token));
            await FirstFaultAsync(dumping, copying);

            var manifest = new Manifest
            {
                Format = Manifest.CurrentFormat,
                Product = ProductVersion.Number,
                TakenAt = snapshots.Max(one => one.TakenAt),
                BarrierMilliseconds = Math.Round(passage.Held.TotalMilliseconds, 1),
                Postgres = programs.MajorVersion,
                KeyId = key?.Id,
                Databases = await DescribeAsync(snapshots, await dumping, cancellationToken),
                Files = await copying,
            };
            await manifest.WriteAsync(Path.Combine(unfinished, Manifest.FileName), cancellationToken);
            return new MadeBackup(folder.Finish(unfinished, manifest.TakenAt), manifest, copy.Copied, passage.Attempts);
        }
        catch
        {
            Directory.Delete(unfinished, recursive: true);
            throw;
        }
        finally
        {
            foreach (var snapshot in snapshots)
                await snapshot.DisposeAsync();
        }
    }

    /// <summary>What the content of a dump is, for its encryption.</summary>
    public static string PurposeOf(string database) => $"dump of {database}";

    private static async Task<IReadOnlyDictionary<string, StoredContent>> DumpAllAsync(
        IReadOnlyList<DatabaseSnapshot> snapshots, ClientPrograms programs, string to, SealingKey? key, CancellationToken cancellationToken)
    {
        var stored = new ConcurrentDictionary<string, StoredContent>();
        await Parallel.ForEachAsync(snapshots, new ParallelOptions { MaxDegreeOfParallelism = DumpsAtOnce, CancellationToken = cancellationToken }, async (snapshot, cancellation) =>
        {
            var target = snapshot.Target;
            string[] arguments = ["--format=custom", "--no-owner", "--no-privileges", "--no-password", "--lock-wait-timeout=60s", $"--snapshot={snapshot.Id}"];
            try
            {
                await PostgresProgram.RunAsync(programs.PgDump, arguments, target.Environment, feed: null, async (output, token) =>
                    stored[target.Name] = await StoredContent.WriteAsync(Path.Combine(to, $"{target.Name}.dump"), output, key, PurposeOf(target.Name), token), cancellation);
            }
            catch (BackupException fault)
            {
                throw new BackupException($"{target.Name}: {fault.Message}", fault);
            }
        });
        return stored;
    }

    private static async Task<IReadOnlyList<DatabaseEntry>> DescribeAsync(
        IReadOnlyList<DatabaseSnapshot> snapshots, IReadOnlyDictionary<string, StoredContent> dumps, CancellationToken cancellationToken)
    {
        var entries = new List<DatabaseEntry>();
        foreach (var snapshot in snapshots)
        {
            var dump = dumps[snapshot.Target.Name];
            entries.Add(new DatabaseEntry(snapshot.Target.Name, dump.Sha256, dump.Size,
                await snapshot.ReadLastMigrationAsync(cancellationToken), snapshot.TakenAt, await snapshot.CountAsync(cancellationToken)));
        }

        return entries;
    }

    private static async Task<T> StoppingAsync<T>(CancellationTokenSource stop, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    /// <summary>Waits for both, and throws what came first rather than that the other one was stopped by it.</summary>
    private static async Task FirstFaultAsync(Task one, Task other)
    {
        await Task.WhenAll(one, other).ContinueWith(_ => { }, TaskScheduler.Default);
        var faulted = new[] { one, other }.FirstOrDefault(task => task.IsFaulted);
        await (faulted ?? Task.WhenAll(one, other));
    }
}

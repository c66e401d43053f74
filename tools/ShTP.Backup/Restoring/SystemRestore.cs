using System.Security.Cryptography;
using Npgsql;
using ShTP.Backup.Making;
using ShTP.Backup.Postgres;
using ShTP.Backup.Sealing;
using ShTP.Backup.Storage;
using ShTP.Invariants;
using ShTP.LocalPostgres;

namespace ShTP.Backup.Restoring;

/// <summary>Restores a backup into empty databases and an empty folder. Migrations of a newer version run at the start of the services.</summary>
/// <param name="folder">Where it is.</param>
/// <param name="targets">All databases.</param>
/// <param name="files">The folder of Files.</param>
/// <param name="key">The private key; null for backups that are not encrypted.</param>
/// <param name="binaries">The folder of pg_restore; null to look for it.</param>
internal sealed class SystemRestore(BackupFolder folder, IReadOnlyList<Target> targets, string files, SealingKey? key, string? binaries)
{
    private const int DumpsAtOnce = 2;
    private const int FilesAtOnce = 4;

    // Ages decide when a message is given up and when its id is forgotten: what was a minute old in the backup is so again.
    private const string MakeYoung =
        """
        UPDATE inbox SET received_at = received_at + (now() - @taken) WHERE @taken < now();
        UPDATE outbox SET created_at = created_at + (now() - @taken), next_attempt_at = next_attempt_at + (now() - @taken) WHERE @taken < now();
        """;

    private const string Withdraw =
        """
        UPDATE blobs SET maybe_unused = true WHERE folder = @folder AND name = @name;
        DELETE FROM files WHERE folder = @folder AND name = @name AND NOT EXISTS (SELECT FROM claims c WHERE c.file_id = files.id);
        """;

    /// <summary>Checks everything first, then restores.</summary>
    /// <exception cref="BackupException">It is damaged or encrypted to another key, something is not empty, or the restore failed.</exception>
    /// <exception cref="LocalPostgresException">There is no pg_restore for it.</exception>
    public async Task<Manifest> RunAsync(string name, CancellationToken cancellationToken)
    {
        var manifest = await folder.ReadAsync(name, cancellationToken);
        var check = new BackupCheck(folder, key, binaries);
        check.RequireKey(name, manifest, isNeeded: true);
        var missing = targets.Where(target => manifest.Databases.All(one => one.Name != target.Name)).Select(target => target.Name).ToList();
        if (missing.Count > 0)
            throw new BackupException($"{name} has no {string.Join(", ", missing)}.");
        Refuse(await RestoreTargets.FindFaultsAsync(targets, files, cancellationToken));
        Refuse(await check.FindFaultsAsync(name, cancellationToken));

        var programs = await ClientPrograms.FindAsync(binaries, manifest.Postgres, cancellationToken);
        var restored = new System.Collections.Concurrent.ConcurrentBag<string>();
        try
        {
            await Parallel.ForEachAsync(targets, Limits(DumpsAtOnce, cancellationToken), async (target, cancellation) =>
            {
                await RestoreTargets.CreateAsync(target, cancellation);
                var entry = manifest.Databases.Single(one => one.Name == target.Name);
                await RestoreDatabaseAsync(target, name, manifest, entry, programs, cancellation);
                restored.Add(target.Name);
            });
            await Parallel.ForEachAsync(manifest.Files.Where(file => file.State == FileState.Stored), Limits(FilesAtOnce, cancellationToken), (file, cancellation) =>
                new ValueTask(RestoreContentAsync(manifest, file, cancellation)));
            if (Directory.Exists(files))
                Disk.Flush(files);
        }
        catch (BackupException fault) when (!restored.IsEmpty)
        {
            throw new BackupException($"{fault.Message} Restored before: {string.Join(", ", restored.Order(StringComparer.Ordinal))}. Drop these databases and empty {files} before the next attempt.", fault);
        }

        return manifest;
    }

    private static ParallelOptions Limits(int atOnce, CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };

    private static void Refuse(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
            throw new BackupException(string.Join(Environment.NewLine, faults));
    }

    private async Task RestoreDatabaseAsync(Target target, string name, Manifest manifest, DatabaseEntry entry, ClientPrograms programs, CancellationToken cancellationToken)
    {
        try
        {
            string[] arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", $"--dbname={target.Settings.Database}"];
            await PostgresProgram.RunAsync(programs.PgRestore, arguments, target.Environment,
                (input, token) => StoredContent.ReadAsync(Path.Combine(folder.PathOf(name), entry.FileName), input, KeyOf(manifest), BackupMaker.PurposeOf(target.Name), token), drain: null, cancellationToken);
        }
        catch (BackupException fault)
        {
            throw new BackupException($"{target.Name}: {fault.Message}.", fault);
        }

        await using var connection = await target.ConnectAsync(cancellationToken);
        var counts = await TableCounts.ReadAsync(target, connection, cancellationToken);
        if (entry.Tables.FirstOrDefault(table => counts.GetValueOrDefault(table.Key, -1) != table.Value) is { Key: not null } wrong)
            throw new BackupException($"{target.Name}: {wrong.Key} has {counts.GetValueOrDefault(wrong.Key)} rows after the restore, and had {wrong.Value}.");
        await ExecuteAsync(target, connection, MakeYoung, cancellationToken, new NpgsqlParameter("taken", entry.TakenAt.UtcDateTime));
        if (target.Database == Database.Files)
        {
            foreach (var file in manifest.Files.Where(file => file.State == FileState.Withdrawn))
                await ExecuteAsync(target, connection, Withdraw, cancellationToken, new NpgsqlParameter("folder", file.Folder), new NpgsqlParameter("name", file.Name));
        }

        await ExecuteAsync(target, connection, "ANALYZE", cancellationToken);
    }

    private static async Task ExecuteAsync(Target target, NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        await target.NamedAsync(async () =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddRange(parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        });

    private async Task RestoreContentAsync(Manifest manifest, FileEntry entry, CancellationToken cancellationToken)
    {
        var file = new ContentFolder(files).PathOf(entry.Folder, entry.Name);
        var temporary = $"{file}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var hash = SHA256.Create();
            await using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
                    await StoredContent.ReadAsync(folder.Blobs.PathOf(entry.Hash, manifest.KeyId), hashing, KeyOf(manifest), entry.Hash, cancellationToken);
                if (!Disk.CanFlush)
                    stream.Flush(flushToDisk: true);
            }

            if (Convert.ToHexStringLower(hash.Hash!) != entry.Hash)
                throw new BackupException($"{folder.Blobs.PathOf(entry.Hash, manifest.KeyId)} has other content than its name says.");
            File.Move(temporary, file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file} cannot be restored: {fault.Message}", fault);
        }
    }

    private SealingKey? KeyOf(Manifest manifest) => manifest.KeyId is null ? null : key;
}

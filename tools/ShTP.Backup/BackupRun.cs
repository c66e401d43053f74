using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using ShTP.Backup.Making;
using ShTP.Backup.Postgres;
using ShTP.Backup.Restoring;
using ShTP.Backup.Scheduling;
using ShTP.Backup.Sealing;
using ShTP.Backup.Storage;
using ShTP.Invariants;
using ShTP.LocalPostgres;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Backup;

/// <summary>One run of the program, from its arguments to its exit code.</summary>
internal static class BackupRun
{
    /// <summary>It was done.</summary>
    public const int Done = 0;

    /// <summary>The configuration is wrong, or it could not be done; nothing half-made is left of a backup.</summary>
    public const int Failed = 1;

    /// <summary>The check found something, or content was missing in Files when the backup was made.</summary>
    public const int NotWhole = 2;

    /// <summary>Stopped by a signal.</summary>
    public const int Stopped = 130;

    private const string Usage = "Use: backup DIR, restore DIR, verify DIR or schedule DIR, then settings such as --keep 30 (docs/backup.md).";
    private const string Make = "backup";
    private const string Restore = "restore";
    private const string Verify = "verify";
    private const string Schedule = "schedule";
    private const int MaxShown = 20;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            string[] words = [.. args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal))];
            var settings = args[words.Length..];
            var faults = new List<string>();
            var command = words.Length is 1 or 2 && words[0] is Make or Restore or Verify or Schedule ? words[0] : null;
            if (command is null)
                faults.Add(Usage);
            using var configuration = new ConfigurationManager();
            configuration.AddEnvironmentVariables().AddCommandLine(settings, new Dictionary<string, string>(BackupOptions.Switches));
            faults.AddRange(SecretFiles.Add(configuration));
            var options = OptionsReading.Read<BackupOptions>(configuration, BackupOptions.Section, options => options.FindFaults(), out var wrong);
            faults.AddRange(wrong);
            var path = words.Length == 2 ? words[1] : options.Directory;
            if (command is not null && path.Length == 0)
                faults.Add($"{command} needs the folder of backups: {command} DIR, or {BackupOptions.Section}:Directory.");
            var targets = command == Verify ? [] : ReadTargets(configuration, faults);
            if (command is Make or Restore or Schedule && options.FilesDirectory.Length == 0)
                faults.Add($"{BackupOptions.Section}:FilesDirectory is not set: the folder of Files.");
            else if (command is not Restore && options.FilesDirectory.Length > 0 && !Directory.Exists(options.FilesDirectory))
                faults.Add($"{BackupOptions.Section}:FilesDirectory: there is no folder '{options.FilesDirectory}'.");
            if (faults.Count > 0)
                throw new BackupException(string.Join(Environment.NewLine, faults));
            return command switch
            {
                Make => await MakeAsync(path, targets, options, output, errors, cancellationToken),
                Schedule => await BackupSchedule.RunAsync(settings, path, targets, options, cancellationToken),
                Restore => await RestoreAsync(path, targets, options, output, cancellationToken),
                _ => await VerifyAsync(path, options, output, cancellationToken),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Stopped.");
            return Stopped;
        }
        catch (FormatException malformed)
        {
            // A switch without a value.
            await errors.WriteLineAsync($"{malformed.Message} {Usage}");
            return Failed;
        }
        catch (Exception fault) when (fault is BackupException or LocalPostgresException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(fault.Message);
            return Failed;
        }
    }

    private static List<Target> ReadTargets(IConfiguration configuration, List<string> faults)
    {
        var targets = new List<Target>();
        foreach (var database in DatabaseNames.All)
        {
            if (Target.Parse(database, configuration.GetConnectionString(database.NameOf()), out var fault) is { } target)
                targets.Add(target);
            else
                faults.Add(fault!);
        }

        return targets;
    }

    /// <summary>Makes one backup and deletes older ones, and prints what came of it.</summary>
    /// <exception cref="BackupException">It could not be made.</exception>
    /// <exception cref="LocalPostgresException">There is no pg_dump for the server.</exception>
    public static async Task<int> MakeAsync(string path, IReadOnlyList<Target> targets, BackupOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var key = options.PublicKey.Length == 0 ? null : SealingKey.ReadPublic(options.PublicKey);
        using var folder = BackupFolder.OpenToWrite(path);
        var made = await BackupMaker.MakeAsync(folder, targets, new ContentFolder(options.FilesDirectory), key, Optional(options.Binaries), options.BarrierLimit, cancellationToken);
        var manifest = made.Manifest;
        var stored = manifest.Files.Where(file => file.State == FileState.Stored).ToList();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{made.Name}: {manifest.Databases.Count} databases, {Megabytes(manifest.Databases.Sum(one => one.Size))}; {stored.Count} files, {Megabytes(stored.Sum(one => one.Size))}, {made.NewFiles} new; writes waited {manifest.BarrierMilliseconds:0} ms ({made.Attempts} attempts); {clock.Elapsed.TotalSeconds:0.0} s"));
        var lost = manifest.Files.Where(file => file.State == FileState.Lost).ToList();
        foreach (var file in lost.Take(MaxShown))
            await errors.WriteLineAsync($"{file.Folder}/{file.Name} is missing or damaged in {options.FilesDirectory}, and not in the backup.");
        if (lost.Count > MaxShown)
            await errors.WriteLineAsync($"So are {lost.Count - MaxShown} more.");

        // The backup is made; what follows must not make it look as if it were not.
        var (backups, blobs) = await folder.PruneAsync(options.Keep, cancellationToken);
        if (backups + blobs > 0)
            await output.WriteLineAsync($"{backups} older backups and {blobs} files that no backup has were deleted");
        return lost.Count == 0 ? Done : NotWhole;
    }

    private static async Task<int> RestoreAsync(string path, IReadOnlyList<Target> targets, BackupOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var key = options.PrivateKey.Length == 0 ? null : SealingKey.ReadPrivate(options.PrivateKey);
        using var folder = BackupFolder.OpenToRead(path);
        var name = folder.Find(options.At);
        var manifest = await new SystemRestore(folder, targets, options.FilesDirectory, key, Optional(options.Binaries)).RunAsync(name, cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{name} is restored: {manifest.Databases.Count} databases, {manifest.Files.Count(file => file.State == FileState.Stored)} files; {clock.Elapsed.TotalSeconds:0.0} s"));
        return Done;
    }

    private static async Task<int> VerifyAsync(string path, BackupOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        using var key = options.PrivateKey.Length == 0 ? null : SealingKey.ReadPrivate(options.PrivateKey);
        using var folder = BackupFolder.OpenToRead(path);
        var newest = folder.Find(options.At);
        var check = new BackupCheck(folder, key, Optional(options.Binaries));
        var isWhole = true;
        foreach (var name in options.At.Length == 0 ? folder.List() : [newest])
        {
            var faults = await check.FindFaultsAsync(name, cancellationToken);
            isWhole &= faults.Count == 0;
            var isSealed = key is null && (await folder.ReadAsync(name, cancellationToken)).KeyId is not null;
            await output.WriteLineAsync($"{name}: {(faults.Count == 0 ? "whole" : $"{faults.Count} faults")}{(isSealed ? ", not decrypted" : "")}");
            foreach (var fault in faults.Take(MaxShown))
                await output.WriteLineAsync($"  {fault}");
        }

        return isWhole ? Done : NotWhole;
    }

    private static string? Optional(string setting) => setting.Length == 0 ? null : setting;

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}

using Npgsql;
using ShTP.Backup.Postgres;

namespace ShTP.Backup.Restoring;

/// <summary>Where a backup is restored to: databases and a folder in which nothing is. Missing databases are created.</summary>
internal static class RestoreTargets
{
    private const string Maintenance = "postgres";

    // Objects that were created in the database, except those of extensions.
    private const string Objects =
        """
        SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relkind <> 'r', 1
        """;

    /// <summary>What is in the way, each with its place; creates nothing.</summary>
    /// <exception cref="BackupException">A database cannot be reached.</exception>
    public static async Task<IReadOnlyList<string>> FindFaultsAsync(IReadOnlyList<Target> targets, string files, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (var target in targets)
        {
            if (await FindObjectsAsync(target, cancellationToken) is { Count: > 0 } objects)
                faults.Add($"The database {target.Settings.Database} ({target.Name}) is not empty: it has {objects.Count} tables and the like, such as {objects[0]}.");
        }

        if (Directory.Exists(files) && Directory.EnumerateFileSystemEntries(files).FirstOrDefault() is { } entry)
            faults.Add($"The folder {files} is not empty: it has {Path.GetFileName(entry)}.");
        return faults;
    }

    /// <summary>Creates the database unless it is there.</summary>
    /// <exception cref="BackupException">It cannot be created.</exception>
    public static async Task CreateAsync(Target target, CancellationToken cancellationToken)
    {
        if (await IsThereAsync(target, cancellationToken))
            return;
        await using var connection = await InMaintenance(target).ConnectAsync(cancellationToken);
        await target.NamedAsync(async () =>
        {
            await using var command = new NpgsqlCommand($"CREATE DATABASE {new NpgsqlCommandBuilder().QuoteIdentifier(target.Settings.Database!)}", connection);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        });
    }

    private static async Task<IReadOnlyList<string>> FindObjectsAsync(Target target, CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(target, cancellationToken))
            return [];
        await using var connection = await target.ConnectAsync(cancellationToken);
        return await target.NamedAsync(async () =>
        {
            var objects = new List<string>();
            await using var command = new NpgsqlCommand(Objects, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                objects.Add(reader.GetString(0));
            return objects;
        });
    }

    private static async Task<bool> IsThereAsync(Target target, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await target.ConnectAsync(cancellationToken);
            return true;
        }
        catch (BackupException missing) when (missing.InnerException is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName })
        {
            return false;
        }
    }

    private static Target InMaintenance(Target target) =>
        target with { Settings = new NpgsqlConnectionStringBuilder(target.Settings.ConnectionString) { Database = Maintenance } };
}

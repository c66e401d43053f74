using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;

namespace ShTP.Data;

/// <summary>Migrates a service's database; several replicas may do so concurrently.</summary>
public static class Migrations
{
    /// <summary>Applies pending migrations and the SQL objects of outbox and audit. Processes do so one at a time.</summary>
    public static async Task ApplyAsync(DbContext db, CancellationToken cancellationToken)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellationToken))
            await creator.CreateAsync(cancellationToken);

        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            // EF Core takes its own lock per migration, after it has decided which ones are missing. With two pending
            // migrations a second replica would apply one again.
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({AdvisoryLocks.Migrations})", cancellationToken);
            var history = db.GetService<IHistoryRepository>();
            if (!await history.ExistsAsync(cancellationToken) && ReadSchema(db) is { } schema)
            {
                await db.Database.ExecuteSqlRawAsync(schema, cancellationToken);
            }
            else
            {
                // EF Core checks for its history table by reading it, which a new database logs as an error.
                await db.Database.ExecuteSqlRawAsync(history.GetCreateIfNotExistsScript(), cancellationToken);
                await db.Database.MigrateAsync(cancellationToken);
            }

            if (db.Model.FindEntityType(typeof(OutboxMessage)) is not null)
                await db.Database.ExecuteSqlRawAsync(OutboxSql.AddTriggerAndIndex, cancellationToken);
            if (db.Model.FindEntityType(typeof(AuditEntry)) is not null)
                await db.Database.ExecuteSqlRawAsync(AuditSql.AddTriggers, cancellationToken);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({AdvisoryLocks.Migrations})", cancellationToken);
        }
        catch
        {
            // The pool does not release the lock of a connection that returns to it, but closes this one.
            NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
            throw;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>
    /// All migrations of a new database as one script, which EF Core wrote (<c>Migrations/schema.sql</c> of a service): for each of them
    /// it would build the model that was its, which takes a new service as long as everything else at its start. Null where there is none.
    /// </summary>
    internal static string? ReadSchema(DbContext db)
    {
        using var stream = db.GetType().Assembly.GetManifestResourceStream("schema.sql");
        return stream is null ? null : new StreamReader(stream).ReadToEnd();
    }
}

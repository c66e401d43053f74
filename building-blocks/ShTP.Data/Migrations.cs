using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using ShTP.Data.Outbox;

namespace ShTP.Data;

/// <summary>Brings a service's database up to date; several replicas may do so at once.</summary>
public static class Migrations
{
    private const long Lock = 7236503;

    /// <summary>Applies pending migrations and the outbox's SQL objects. Processes do so one at a time.</summary>
    public static async Task ApplyAsync(DbContext db, CancellationToken cancellationToken)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellationToken))
            await creator.CreateAsync(cancellationToken);

        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            // EF's own lock is taken for each migration, after it was decided which are missing: with two of them to
            // apply, the second replica applies one again.
            await db.Database.ExecuteSqlRawAsync("SELECT pg_advisory_lock({0})", [Lock], cancellationToken);
            // EF Core checks for its history table by reading it, which a new database logs as an error.
            await db.Database.ExecuteSqlRawAsync(db.GetService<IHistoryRepository>().GetCreateIfNotExistsScript(), cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
            if (db.Model.FindEntityType(typeof(OutboxMessage)) is not null)
                await db.Database.ExecuteSqlRawAsync(OutboxSql.AddTriggerAndIndex, cancellationToken);
            await db.Database.ExecuteSqlRawAsync("SELECT pg_advisory_unlock({0})", [Lock], cancellationToken);
        }
        finally
        {
            // The pool releases session locks when a connection returns to it.
            await db.Database.CloseConnectionAsync();
        }
    }
}

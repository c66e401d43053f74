using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Localization;
using ShTP.Rpc.Errors;

namespace ShTP.OldSystem;

/// <summary>
/// Imports rows of one kind under their old ids. Each row is checked, existing ones are compared and kept, and the
/// others are stored in one transaction. Importing the same rows again changes nothing.
/// </summary>
/// <typeparam name="TRow">Type of the rows in the request.</typeparam>
/// <typeparam name="TEntity">Type of the stored entities.</typeparam>
public abstract class RowImport<TRow, TEntity>(DbContext db)
    where TEntity : class
{
    private const int MaxRows = 500;
    private const int MaxAttempts = 3;

    private readonly IEntityType _type = db.Model.FindEntityType(typeof(TEntity))
        ?? throw new InvalidOperationException($"{typeof(TEntity)} is not stored here.");

    /// <exception cref="RpcException">INVALID_ARGUMENT for too many rows; ABORTED after repeated conflicts with concurrent changes.</exception>
    public async Task<ImportResponse> RunAsync(IReadOnlyList<TRow> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        if (rows.Count > MaxRows)
            throw RpcErrors.Invalid($"At most {MaxRows} rows are imported at once, these are {rows.Count}");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await db.InTransactionAsync(cancellation => RunOnceAsync(rows, isDryRun, cancellation), cancellationToken);
            }
            catch (DbUpdateException fault) when (IsRace(fault))
            {
                // A concurrent change took the e-mail or deleted the group. The next pass reports it as a fault of the row.
                if (attempt == MaxAttempts)
                    throw RpcErrors.Aborted("What the rows need was changed by somebody else meanwhile; try again");
            }
        }
    }

    /// <summary>The row's id as it was sent.</summary>
    protected abstract string UuidOf(TRow row);

    /// <summary>Converts the row by its own data only. A thrown INVALID_ARGUMENT refuses the row.</summary>
    protected abstract TEntity Read(TRow row, Guid id, RowNotes notes);

    /// <summary>Checks the rows against stored data. Refused rows are excluded, and the stored entities are loaded.</summary>
    protected virtual Task MatchAsync(IReadOnlyList<ImportRow<TEntity>> rows, bool isDryRun, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ids whose rows were deleted in the new system and must not be restored.</summary>
    protected virtual Task<HashSet<Guid>> FindDeletedAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) => Task.FromResult<HashSet<Guid>>([]);

    /// <summary>Refuses new rows beyond a maximum.</summary>
    protected static void LimitNew(IEnumerable<ImportRow<TEntity>> rows, int max, int count, string what)
    {
        foreach (var row in rows.Where(row => row.IsNew).Skip(Math.Max(max - count, 0)))
            row.Notes.Checks.Add(what, $"there are {max} {what}s already");
    }

    /// <summary>Stores new entities, in their order.</summary>
    protected virtual async Task StoreAsync(IReadOnlyList<TEntity> entities, CancellationToken cancellationToken)
    {
        db.AddRange(entities);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Properties that are not compared with a stored row.</summary>
    protected virtual IReadOnlyCollection<string> Ignored => [];

    /// <summary>Differences beyond the properties.</summary>
    protected virtual IEnumerable<string> FindMore(TEntity stored, TEntity wanted) => [];

    private async Task<ImportResponse> RunOnceAsync(IReadOnlyList<TRow> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        // Prevents concurrent imports from storing rows between the lookup and the insert.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.Import})", cancellationToken);
        var all = ReadAll(rows);
        var open = all.FindAll(row => !row.IsRefused);
        var deleted = await FindDeletedAsync(open.ConvertAll(row => row.Id), cancellationToken);
        open.ForEach(row => row.Notes.IsDeleted = deleted.Contains(row.Id));
        open.RemoveAll(row => row.Notes.IsDeleted);
        var known = await FindAsync(open.ConvertAll(row => row.Id), cancellationToken);
        foreach (var row in open)
            row.Known = known.GetValueOrDefault(row.Id);
        await MatchAsync(open, isDryRun, cancellationToken);
        var fresh = open.FindAll(row => row.IsNew).ConvertAll(row => row.Wanted);
        if (!isDryRun && fresh.Count > 0)
        {
            await StoreAsync(fresh, cancellationToken);
            db.Record(new AuditFact($"Import.{typeof(TEntity).Name}") { ActorService = "import", After = new() { ["rows"] = fresh.Count } });
            await db.SaveChangesAsync(cancellationToken);
        }

        return new ImportResponse { Results = { all.Select(row => row.ToProto(row.Known is null ? [] : FindDifferences(row.Known, row.Wanted))) } };
    }

    private List<ImportRow<TEntity>> ReadAll(IReadOnlyList<TRow> rows)
    {
        var seen = new HashSet<Guid>();
        var all = new List<ImportRow<TEntity>>(rows.Count);
        foreach (var row in rows)
        {
            var notes = new RowNotes();
            var id = notes.Checks.Uuid(UuidOf(row), "uuid");
            if (id != Guid.Empty && !seen.Add(id))
                notes.Checks.Add("uuid", "comes twice");
            all.Add(new ImportRow<TEntity>(UuidOf(row), id, TryRead(row, id, notes), notes));
        }

        return all;
    }

    private TEntity? TryRead(TRow row, Guid id, RowNotes notes)
    {
        try
        {
            return Read(row, id, notes);
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.InvalidArgument)
        {
            if (notes.Checks.Faults is null)
                notes.Checks.Add("row", LocalizedText.Verbatim(fault.Status.Detail));
            return null;
        }
    }

    private async Task<Dictionary<Guid, TEntity>> FindAsync(List<Guid> ids, CancellationToken cancellationToken)
    {
        var key = _type.FindPrimaryKey()!.Properties.Single();
        var stored = await db.Set<TEntity>().AsNoTracking().Where(entity => ids.Contains(EF.Property<Guid>(entity, key.Name))).ToListAsync(cancellationToken);
        return stored.ToDictionary(entity => (Guid)key.PropertyInfo!.GetValue(entity)!);
    }

    private List<string> FindDifferences(TEntity stored, TEntity wanted) =>
    [
        .. _type.GetProperties()
            .Where(property => property.PropertyInfo is not null && property.Name != "UpdatedAt" && !Ignored.Contains(property.Name))
            .Where(property => !IsSame(property, property.PropertyInfo!.GetValue(stored), property.PropertyInfo.GetValue(wanted)))
            .Select(property => property.GetColumnName()),
        .. FindMore(stored, wanted),
    ];

    // PostgreSQL formats JSON differently.
    private static bool IsSame(IProperty property, object? stored, object? wanted) => property.GetColumnType() == "jsonb" && stored is string one && wanted is string other
        ? JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other))
        : property.GetValueComparer().Equals(stored, wanted);

    private static bool IsRace(DbUpdateException fault) =>
        fault.InnerException is PostgresException refused && (refused.SqlState == PostgresErrorCodes.UniqueViolation || refused.IsReferenceViolation());
}

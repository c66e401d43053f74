using ShTP.Api.V1;

namespace ShTP.OldSystem;

/// <summary>A row of the old system, the entity to store, and the entity that is already stored.</summary>
/// <param name="uuid">The id as it was sent.</param>
/// <param name="id">The parsed id.</param>
/// <param name="wanted">The entity to store; null when the row was refused by its own checks.</param>
/// <param name="notes">The remarks so far.</param>
public sealed class ImportRow<TEntity>(string uuid, Guid id, TEntity? wanted, RowNotes notes)
    where TEntity : class
{
    public Guid Id => id;

    public RowNotes Notes => notes;

    /// <summary>Only valid for rows that are not refused.</summary>
    public TEntity Wanted => wanted ?? throw new InvalidOperationException($"{uuid} was refused: {notes.Checks.Faults}");

    public bool IsRefused => notes.Checks.Faults is not null;

    /// <summary>The stored entity with this id.</summary>
    public TEntity? Known { get; set; }

    /// <summary>Whether it must be stored.</summary>
    public bool IsNew => !IsRefused && !notes.IsDeleted && Known is null;

    /// <summary>The result of the row; <paramref name="differences"/> are names of columns.</summary>
    public ImportResult ToProto(IReadOnlyList<string> differences)
    {
        var faults = notes.Checks.Faults;
        var result = new ImportResult { Uuid = uuid };
        if (notes.IsDeleted)
            result.Outcome = ImportOutcome.Deleted;
        else if (Known is null)
            result.Outcome = faults is null ? ImportOutcome.Moved : ImportOutcome.Refused;
        else
            result.Outcome = faults is null && differences.Count == 0 ? ImportOutcome.Present : ImportOutcome.Different;
        if (result.Outcome is ImportOutcome.Moved or ImportOutcome.Present)
            result.Remarks.Add(notes.Changes);
        if (result.Outcome == ImportOutcome.Different)
            result.Remarks.Add(differences);
        if (faults is not null)
            result.Remarks.Add(faults);
        return result;
    }
}

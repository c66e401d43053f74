using ShTP.Import.OldDatabase;
using ShTP.Import.Reporting;
using ShTP.Import.Uploads;

namespace ShTP.Import;

/// <summary>Shared state of all moves of a run: source, target and the rows that exist in the target.</summary>
internal sealed record Run(
    Snapshot Old, IReadOnlyDictionary<string, MatchedTable> Tables, Target Target, UploadFolder Uploads, FileSender Files, Report Report, int BatchSize, bool IsDryRun)
{
    /// <summary>Ids that rows can refer to: 16 bytes each, about a megabyte for a large school.</summary>
    public HashSet<Guid> Groups { get; } = [];

    /// <inheritdoc cref="Groups"/>
    public HashSet<Guid> Users { get; } = [];

    /// <summary>Users who were deleted in the new system since an earlier run.</summary>
    public HashSet<Guid> DeletedUsers { get; } = [];

    /// <inheritdoc cref="Groups"/>
    public HashSet<Guid> Tasks { get; } = [];
}

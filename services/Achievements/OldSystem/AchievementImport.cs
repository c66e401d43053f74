using ShTP.Achievements.Records;
using ShTP.Achievements.V1;
using ShTP.OldSystem;
using Achievement = ShTP.Achievements.Records.Achievement;

namespace ShTP.Achievements.OldSystem;

/// <summary>Imports achievements. Their points are already part of the imported ratings.</summary>
internal sealed class AchievementImport(AchievementsDb db, Attachments attachments) : RowImport<ImportedAchievement, Achievement>(db)
{
    private const string NoText = "—";

    // Files creates a new name whenever it stores a proof. The old system had no versions.
    protected override IReadOnlyCollection<string> Ignored =>
    [
        nameof(Achievement.FileId), nameof(Achievement.FileName), nameof(Achievement.OriginalName),
        nameof(Achievement.ChangedInEventType), nameof(Achievement.ChangedInTitle), nameof(Achievement.ChangedInDescription),
        nameof(Achievement.ChangedInFile), nameof(Achievement.ChangedInStatus),
    ];

    protected override string UuidOf(ImportedAchievement row) => row.Uuid;

    protected override Achievement Read(ImportedAchievement row, Guid id, RowNotes notes)
    {
        if (!Enum.IsDefined(row.EventType))
            notes.Checks.Add("event_type", "must be olimpiad or event");
        var isAccepted = row.AcceptedAt is not null;
        return new Achievement
        {
            Id = id,
            UserId = notes.Checks.Uuid(row.UserId, "user_id"),
            EventType = row.EventType,
            Title = notes.Fit(row.Title, Achievement.MaxTitleLength, "title", NoText),
            Description = notes.Fit(row.Description, Achievement.MaxDescriptionLength, "description", NoText),
            FileId = row.File is null ? Guid.Empty : notes.Checks.Uuid(row.File.FileId, "file"),
            FileName = row.File?.Name ?? "",
            OriginalName = row.File?.OriginalName ?? "",
            CreatedAt = notes.Time(row.CreatedAt, "created_at"),
            Status = isAccepted ? AchievementStatus.Accepted : AchievementStatus.Pending,
            Points = isAccepted ? row.Points : null,
            DecidedAt = isAccepted ? notes.Time(row.AcceptedAt, "accepted_at") : null,
            DecidedBy = isAccepted && row.HasAcceptedBy ? notes.Checks.Uuid(row.AcceptedBy, "accepted_by") : null,
        };
    }

    protected override Task MatchAsync(IReadOnlyList<ImportRow<Achievement>> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        foreach (var row in rows.Where(row => row.IsNew && !isDryRun && row.Wanted.FileId == Guid.Empty))
            row.Notes.Checks.Add("file", "field required");
        return Task.CompletedTask;
    }

    protected override Task StoreAsync(IReadOnlyList<Achievement> entities, CancellationToken cancellationToken)
    {
        foreach (var achievement in entities)
            attachments.EnqueueClaim(achievement);
        return base.StoreAsync(entities, cancellationToken);
    }
}

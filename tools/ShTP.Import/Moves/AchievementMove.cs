using System.Text;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Import.OldDatabase;
using ShTP.Import.Reporting;
using ShTP.Import.Uploads;

namespace ShTP.Import.Moves;

/// <summary>Achievements with their proofs.</summary>
internal sealed class AchievementMove(Run run) : TableMove<ImportedAchievement>(run, OldTables.Achievements)
{
    private const string Kind = "achievement";
    private const string FilesTable = $"{UploadFolder.Achievements} (files)";
    private const string PlaceholderName = "missing.pdf";

    private static readonly string[] EventTypes = ["olimpiad", "event"];

    /// <summary>Replaces a proof that cannot be moved, because an achievement needs one.</summary>
    private static readonly byte[] Placeholder = Encoding.ASCII.GetBytes(
        """
        %PDF-1.4
        1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 120]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
        4 0 obj<</Length 78>>stream
        BT /F1 16 Tf 30 55 Td (The original file of the old system is missing.) Tj ET
        endstream endobj
        5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
        trailer<</Root 1 0 R>>
        %%EOF

        """);

    protected override bool HasFiles => true;

    protected override ImportedAchievement Translate(OldRow row)
    {
        var createdAt = row.CreatedAt();
        var achievement = new ImportedAchievement
        {
            Uuid = row.Id.ToString(),
            UserId = ReadOwner(row),
            EventType = (EventType)row.Choice("event_type", EventTypes, (int)EventType.Event),
            Title = row.Text("title"),
            Description = row.Text("description"),
            CreatedAt = createdAt,
            AcceptedAt = row.TimeOrNull("accepted_at"),
        };
        var moderator = row.Reference("accepted_by", OldTables.Users);
        var hasPoints = row.TextOrNull("points") is not null;
        if (achievement.AcceptedAt is null && (moderator is not null || hasPoints))
        {
            // The old system added the points to the rating already, so it must not wait for moderation again.
            achievement.AcceptedAt = createdAt;
            row.Change("accepted_at", "unknown, now the time it was handed in");
        }

        if (achievement.AcceptedAt is null)
            return achievement;
        achievement.Points = row.Number("points", 0);
        if (moderator is { } id && Run.Users.Contains(id))
            achievement.AcceptedBy = id.ToString();
        else if (moderator is not null)
            row.Change("accepted_by", $"nobody, since {row.Text("accepted_by")} was not moved");
        return achievement;
    }

    protected override Task<List<ImportResult>> SendAsync(IReadOnlyList<ImportedAchievement> messages, bool isDryRun, CancellationToken cancellationToken) =>
        Run.Target.ImportAchievementsAsync(messages, isDryRun, cancellationToken);

    protected override async Task BringFilesAsync(OldRow row, ImportedAchievement message, CancellationToken cancellationToken)
    {
        var owner = Guid.Parse(message.UserId);
        var name = row.Text("attachment_name");
        var (file, fault) = Run.Uploads.Find(UploadFolder.Achievements, name);
        UploadedFile? proof = null;
        if (file is not null)
            (proof, fault) = await Run.Files.StoreAsync(owner, Kind, name, file.OpenRead, cancellationToken);
        if (fault is not null)
        {
            row.Change("attachment_name", $"a page that says so takes its place: {fault}");
            if (!Run.IsDryRun)
                (proof, _) = await Run.Files.StoreAsync(owner, Kind, PlaceholderName, () => new MemoryStream(Placeholder), cancellationToken);
        }

        if (!Run.IsDryRun)
            message.File = proof;
        await Run.Report.WriteAsync(FilesTable, row.Key, row.Id, fault is null ? Outcome.Moved : Outcome.Refused, [fault ?? name]);
    }

    private string ReadOwner(OldRow row)
    {
        var owner = row.Reference("user_id", OldTables.Users);
        if (owner is { } id && Run.Users.Contains(id))
            return id.ToString();
        row.RefuseUser("user_id", $"the user {row.TextOrNull("user_id") ?? "NULL"} was not moved", owner is { } gone && Run.DeletedUsers.Contains(gone));
        return "";
    }
}

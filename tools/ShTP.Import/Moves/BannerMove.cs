using ShTP.Api.V1;
using ShTP.Import.OldDatabase;
using ShTP.Notifications.V1;

namespace ShTP.Import.Moves;

/// <summary>Banners, which the old system called system notifications.</summary>
internal sealed class BannerMove(Run run) : TableMove<ImportedBanner>(run, OldTables.Banners)
{
    private static readonly string[] Types = ["info", "success", "warning", "error"];

    protected override ImportedBanner Translate(OldRow row)
    {
        var createdAt = row.CreatedAt();
        return new ImportedBanner
        {
            Uuid = row.Id.ToString(),
            Type = (BannerType)row.Choice("type", Types, (int)BannerType.Info),
            Active = row.Bool("active") ?? false,
            Title = row.Text("title"),
            Content = row.Text("content"),
            CreatedAt = createdAt,
            UpdatedAt = row.UpdatedAt(createdAt),
        };
    }

    protected override Task<List<ImportResult>> SendAsync(IReadOnlyList<ImportedBanner> messages, bool isDryRun, CancellationToken cancellationToken) =>
        Run.Target.ImportBannersAsync(messages, isDryRun, cancellationToken);
}

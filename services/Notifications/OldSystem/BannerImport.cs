using Microsoft.EntityFrameworkCore;
using ShTP.Notifications.Banners;
using ShTP.ServiceDefaults.Errors;
using ShTP.ServiceDefaults.Html;
using ShTP.ServiceDefaults.OldSystem;

namespace ShTP.Notifications.OldSystem;

/// <summary>Banners of the old system.</summary>
internal sealed class BannerImport(NotificationsDb db) : RowImport<V1.ImportedBanner, Banner>(db)
{
    private const string NoTitle = "—";

    protected override string UuidOf(V1.ImportedBanner row) => row.Uuid;

    protected override Banner Read(V1.ImportedBanner row, Guid id, RowNotes notes)
    {
        if (!Enum.IsDefined(row.Type))
            notes.Checks.Add("type", "must be info, success, warning or error");
        var banner = new Banner
        {
            Id = id,
            Type = row.Type,
            Active = row.Active,
            Title = notes.Fit(row.Title, Banner.MaxTitleLength, "title", NoTitle),
            Content = "",
            CreatedAt = notes.Time(row.CreatedAt, "created_at"),
            UpdatedAt = notes.Time(row.UpdatedAt, "updated_at"),
        };
        ReadContent(banner, row.Content, notes);
        return banner;
    }

    protected override async Task MatchAsync(IReadOnlyList<ImportRow<Banner>> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        await BannersService.LockCountAsync(db, cancellationToken);
        LimitNew(rows, BannersService.MaxBanners, await db.Banners.CountAsync(cancellationToken), "banner");
    }

    private static void ReadContent(Banner banner, string html, RowNotes notes)
    {
        var checks = new FieldChecks();
        banner.Content = BannerHtml.Check(checks, html, "content");
        if (checks.Faults is null)
            return;
        banner.Content = BannerHtml.Check(notes.Checks, AllowedHtml.Visible(html), "content");
        notes.Change("content", $"shown as text, since {checks.Faults["content: ".Length..]}");
        if (!banner.Active)
            return;
        banner.Active = false;
        notes.Change("active", "switched off, until somebody has looked at the content");
    }
}

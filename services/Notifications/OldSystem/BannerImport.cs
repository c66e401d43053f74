using Microsoft.EntityFrameworkCore;
using ShTP.Notifications.Banners;
using ShTP.OldSystem;

namespace ShTP.Notifications.OldSystem;

/// <summary>Imports banners.</summary>
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
            Title = notes.FitLine(row.Title, Banner.MaxTitleLength, "title", NoTitle),
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
        var (content, refused) = BannerHtml.Html.Read(html);
        banner.Content = content ?? "";
        foreach (var refusal in refused)
        {
            if (content is null)
                notes.Checks.Add("content", refusal.What);
            else
                notes.Change("content", $"{refusal.What}; taken out");
        }

        if (content is null || refused.Count == 0 || !banner.Active)
            return;
        banner.Active = false;
        notes.Change("active", "switched off, until somebody has looked at the content");
    }
}

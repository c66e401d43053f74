using ShTP.Html;

namespace ShTP.Notifications.Banners;

/// <summary>The text of a banner.</summary>
internal static class BannerHtml
{
    public const int MaxLength = 10_000;

    private const int MaxPictureBytes = 4 * 1024;

    /// <summary>Cleans the content of an author.</summary>
    public static readonly EditorHtml Html = new(MaxLength, MaxPictureBytes);
}

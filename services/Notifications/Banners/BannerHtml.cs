using ShTP.ServiceDefaults.Errors;
using ShTP.ServiceDefaults.Html;

namespace ShTP.Notifications.Banners;

/// <summary>The HTML that a banner may consist of.</summary>
internal static class BannerHtml
{
    public const int MaxLength = 10_000;

    private static readonly AllowedHtml Html = new(MaxLength, AllowedHtml.TextTags, [new("a href", AttributeValue.Link)]);

    /// <summary>Notes what is wrong, and gives the HTML as it is to be stored.</summary>
    public static string Check(FieldChecks checks, string content, string field) => Html.Check(checks, content, field);
}

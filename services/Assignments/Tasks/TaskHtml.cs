using ShTP.ServiceDefaults.Errors;
using ShTP.ServiceDefaults.Html;

namespace ShTP.Assignments.Tasks;

/// <summary>The HTML that the text of a task may consist of: that of banners, pictures, tables, indices and exponents.</summary>
internal static class TaskHtml
{
    public const int MaxLength = 100_000;

    private static readonly AllowedHtml Html = new(
        MaxLength,
        [.. AllowedHtml.TextTags, "img", "table", "thead", "tbody", "tr", "th", "td", "sub", "sup"],
        [
            new("a href", AttributeValue.Link),
            new("img src", AttributeValue.Picture),
            new("img alt", AttributeValue.Text),
            new("img width", AttributeValue.Number),
            new("img height", AttributeValue.Number),
            new("td colspan", AttributeValue.Number),
            new("td rowspan", AttributeValue.Number),
            new("th colspan", AttributeValue.Number),
            new("th rowspan", AttributeValue.Number),
        ]);

    /// <summary>Notes what is wrong, and gives the HTML as it is to be stored.</summary>
    public static string Check(FieldChecks checks, string text) => Html.Check(checks, text, "text");
}

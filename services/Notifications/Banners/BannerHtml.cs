using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using ShTP.ServiceDefaults.Errors;

namespace ShTP.Notifications.Banners;

/// <summary>
/// The HTML that a banner may consist of. What is not allowed is refused by name and never removed, so that a teacher
/// sees what happened; what is kept is what the parser wrote of its own tree, so that no odd spelling reaches a browser.
/// </summary>
internal static class BannerHtml
{
    public const int MaxLength = 10_000;

    private const int MaxDepth = 50;
    private const int MaxNameLength = 50;

    private static readonly FrozenSet<string> Tags =
    [
        "p", "br", "b", "strong", "i", "em", "u", "s", "h1", "h2", "h3", "h4", "h5", "h6",
        "ul", "ol", "li", "blockquote", "code", "pre", "hr", "span", "a",
    ];

    private static readonly string[] Schemes = ["http://", "https://", "mailto:"];

    private static readonly HtmlParser Parser = new();
    private static readonly HtmlParser StrictParser = new(new HtmlParserOptions { IsStrictMode = true });

    /// <summary>Notes what is wrong, and gives the HTML as it is to be stored.</summary>
    public static string Check(FieldChecks checks, string content, string field)
    {
        if (content.Length > MaxLength || content.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            checks.Text(content, 0, MaxLength, field);
            return "";
        }

        var body = Parse(Parser, content);
        // Only then is the tree flat enough to be written by recursion.
        if (FindFault(body, 0) is { } forbidden)
        {
            checks.Add(field, forbidden);
            return "";
        }

        var html = body.InnerHtml;
        if (FindOddity(content, html) is { } oddity)
            checks.Add(field, oddity);
        return html;
    }

    private static string? FindFault(INode parent, int depth)
    {
        if (depth > MaxDepth)
            return $"tags must not lie more than {MaxDepth} deep in each other";
        return parent.ChildNodes.Select(node => node switch
        {
            IElement element => FindFault(element) ?? FindFault(element, depth + 1),
            IText => null,
            _ => "comments are not allowed",
        }).FirstOrDefault(fault => fault is not null);
    }

    private static string? FindFault(IElement element)
    {
        if (element.NamespaceUri != NamespaceNames.HtmlUri || !Tags.Contains(element.LocalName))
            return $"the tag {Short(element.LocalName)} is not allowed";
        foreach (var attribute in element.Attributes)
        {
            if (element.LocalName != "a" || attribute.Name != "href")
                return $"the attribute {Short(attribute.Name)} of {element.LocalName} is not allowed";
            if (!IsLink(attribute.Value))
                return "the href of a link must be an address that begins with http://, https:// or mailto:";
        }

        return null;
    }

    // The beginning is compared as it stands: a browser skips spaces and line breaks in it, and then sees another scheme.
    private static bool IsLink(string address) =>
        Schemes.Any(scheme => address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && Uri.TryCreate(address, UriKind.Absolute, out _);

    /// <summary>The parser corrects what is malformed and drops what does not fit, and says nothing.</summary>
    private static string? FindOddity(string content, string html)
    {
        try
        {
            Parse(StrictParser, content);
        }
        catch (HtmlParseException malformed)
        {
            return $"is not well-formed HTML (line {malformed.Position.Line}, character {malformed.Position.Column})";
        }

        if (html.Length > MaxLength)
            return $"must have at most {MaxLength} characters when it is written in full";
        return Parse(Parser, html).InnerHtml == html ? null : "is not well-formed HTML";
    }

    private static IElement Parse(HtmlParser parser, string content)
    {
        var body = Parser.ParseDocument("").Body!;
        body.Append([.. parser.ParseFragment(content, body)]);
        return body;
    }

    private static string Short(string name) => name.Length > MaxNameLength ? name[..MaxNameLength] : name;
}

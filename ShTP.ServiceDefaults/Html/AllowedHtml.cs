using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using ShTP.ServiceDefaults.Errors;

namespace ShTP.ServiceDefaults.Html;

/// <summary>
/// HTML that clients show as it is. What is not allowed is refused by name and never removed, so that its author
/// sees what happened; what is kept is what the parser wrote of its own tree, so that no odd spelling reaches a browser.
/// </summary>
/// <param name="maxLength">In characters, as sent and as written.</param>
/// <param name="tags">Elements that may occur.</param>
/// <param name="attributes">Attributes that may occur, as "tag attribute", and what they may hold.</param>
public sealed class AllowedHtml(int maxLength, IEnumerable<string> tags, IEnumerable<KeyValuePair<string, AttributeValue>> attributes)
{
    private const int MaxDepth = 50;
    private const int MaxNameLength = 50;
    private const int MaxNumberLength = 4;

    /// <summary>Texts with lists, quotations and links.</summary>
    public static readonly IReadOnlyCollection<string> TextTags =
    [
        "p", "br", "b", "strong", "i", "em", "u", "s", "h1", "h2", "h3", "h4", "h5", "h6",
        "ul", "ol", "li", "blockquote", "code", "pre", "hr", "span", "a",
    ];

    private static readonly HtmlParser Parser = new();
    private static readonly HtmlParser StrictParser = new(new HtmlParserOptions { IsStrictMode = true });

    private readonly FrozenSet<string> tags = tags.ToFrozenSet();
    private readonly FrozenDictionary<string, AttributeValue> attributes = attributes.ToFrozenDictionary();

    /// <summary>Notes what is wrong, and gives the HTML as it is to be stored.</summary>
    public string Check(FieldChecks checks, string content, string field)
    {
        if (content.Length > maxLength || content.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            checks.Text(content, 0, maxLength, field);
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

    /// <summary>HTML that shows its own source: for what is not allowed and must not be lost.</summary>
    public static string Visible(string content) =>
        $"<p>{content.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)}</p>";

    private string? FindFault(INode parent, int depth)
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

    private string? FindFault(IElement element)
    {
        if (element.NamespaceUri != NamespaceNames.HtmlUri || !tags.Contains(element.LocalName))
            return $"the tag {Short(element.LocalName)} is not allowed";
        return element.Attributes.Select(attribute => attributes.TryGetValue($"{element.LocalName} {attribute.Name}", out var kind)
            ? FindFault(element.LocalName, attribute, kind)
            : $"the attribute {Short(attribute.Name)} of {element.LocalName} is not allowed").FirstOrDefault(fault => fault is not null);
    }

    private static string? FindFault(string tag, IAttr attribute, AttributeValue kind) => kind switch
    {
        AttributeValue.Link when !IsAddress(attribute.Value, "http://", "https://", "mailto:") =>
            $"the {attribute.Name} of a link must be an address that begins with http://, https:// or mailto:",
        AttributeValue.Picture when !IsAddress(attribute.Value, "http://", "https://") =>
            $"the {attribute.Name} of {tag} must be an address that begins with http:// or https://",
        AttributeValue.Number when attribute.Value.Length is 0 or > MaxNumberLength || !attribute.Value.All(char.IsAsciiDigit) =>
            $"the {attribute.Name} of {tag} must be a number",
        _ => null,
    };

    // The beginning is compared as it stands: a browser skips spaces and line breaks in it, and then sees another scheme.
    private static bool IsAddress(string address, params ReadOnlySpan<string> schemes)
    {
        var isKnown = false;
        foreach (var scheme in schemes)
            isKnown |= address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
        return isKnown && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && Uri.TryCreate(address, UriKind.Absolute, out _);
    }

    /// <summary>The parser corrects what is malformed and drops what does not fit, and says nothing.</summary>
    private string? FindOddity(string content, string html)
    {
        try
        {
            Parse(StrictParser, content);
        }
        catch (HtmlParseException malformed)
        {
            return $"is not well-formed HTML (line {malformed.Position.Line}, character {malformed.Position.Column})";
        }

        if (html.Length > maxLength)
            return $"must have at most {maxLength} characters when it is written in full";
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

/// <summary>What an attribute may hold.</summary>
public enum AttributeValue
{
    /// <summary>Anything: it is only shown.</summary>
    Text,

    /// <summary>Up to four digits.</summary>
    Number,

    /// <summary>An http, https or mailto address.</summary>
    Link,

    /// <summary>An http or https address.</summary>
    Picture,
}

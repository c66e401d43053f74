using System.Collections.Frozen;
using AngleSharp.Css.Dom;
using Ganss.Xss;

namespace ShTP.Html;

/// <summary>What an editor text may contain, and what is refused instead of removed.</summary>
internal static class EditorRules
{
    private const string Form = "holds a field or a button of a form";
    private const string Embedded = "holds a video, a sound or another page";
    private const string Drawing = "holds a drawing (svg) or a formula (math)";
    private const string PageSettings = "holds settings of a whole web page";
    private const string LinkInstead = "remove it and put a link in its place";
    private const string PictureInstead = "remove it and put a picture in its place";
    private const string PasteAsText = "paste that part again without its formatting";

    /// <summary>Formats of Quill 1.3.7 that are classes. Videos are frames and not among them.</summary>
    private static readonly string[] Classes =
    [
        "ql-align-center", "ql-align-right", "ql-align-justify", "ql-direction-rtl", "ql-syntax", "ql-formula",
        "ql-size-small", "ql-size-large", "ql-size-huge", "ql-font-serif", "ql-font-monospace",
        .. Enumerable.Range(1, 8).Select(depth => $"ql-indent-{depth}"),
    ];

    /// <summary>Everything else is removed; the text of a removed element is kept.</summary>
    public static readonly HtmlSanitizerOptions Allowed = new()
    {
        AllowedTags = Set(
            "p", "br", "b", "strong", "i", "em", "u", "s", "sub", "sup", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote",
            "code", "pre", "hr", "span", "a", "img", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
        AllowedAttributes = Set("class", "href", "rel", "target", "src", "alt", "width", "height", "colspan", "rowspan", "spellcheck", "data-checked", "data-value"),
        AllowedClasses = Set(Classes),
        UriAttributes = Set("href", "src"),
        AllowedSchemes = Set(),
        AllowedCssProperties = Set(),
        AllowedAtRules = new HashSet<CssRuleType>(),
    };

    /// <summary>Active elements and elements that show other content than the text. They are refused.</summary>
    public static readonly FrozenDictionary<string, Refusal> Acting = new Dictionary<string, Refusal>
    {
        ["script"] = new("holds a script", "remove it"),
        ["form"] = new(Form, "remove it"),
        ["input"] = new(Form, "remove it"),
        ["button"] = new(Form, "remove it"),
        ["select"] = new(Form, "remove it"),
        ["textarea"] = new(Form, "remove it"),
        ["iframe"] = new(Embedded, LinkInstead),
        ["frame"] = new(Embedded, LinkInstead),
        ["frameset"] = new(Embedded, LinkInstead),
        ["object"] = new(Embedded, LinkInstead),
        ["embed"] = new(Embedded, LinkInstead),
        ["applet"] = new(Embedded, LinkInstead),
        ["video"] = new(Embedded, LinkInstead),
        ["audio"] = new(Embedded, LinkInstead),
        ["svg"] = new(Drawing, PictureInstead),
        ["math"] = new(Drawing, PictureInstead),
        ["base"] = new(PageSettings, PasteAsText),
    }.ToFrozenDictionary();

    /// <summary>Whether it has <c>http-equiv</c>, unlike the <c>meta</c> that office programs paste.</summary>
    public static readonly Refusal PageSetting = new(PageSettings, PasteAsText);

    /// <summary>Elements whose content is invisible, so it does not become text.</summary>
    public static readonly FrozenSet<string> Invisible = FrozenSet.Create("style", "title", "template", "meta", "link");

    public static Refusal Handler(string text) => new($"has a program attached to '{text}'", PasteAsText);

    public static Refusal Link(string text, string address) => new(
        $"the link '{text}' leads to '{address}'",
        "change or remove it; a link may begin with http://, https://, mailto: or tel:, or lead to a page of this site");

    public static Refusal Picture(string address) => new(
        $"a picture is taken from '{address}', where others cannot see it", "remove it and put it in again");

    public static Refusal LargePicture(long bytes, int maxBytes) => new(
        $"a picture of {bytes / 1024} KiB is part of the text itself, at most {maxBytes / 1024} KiB are possible",
        "remove it, and put a smaller one or a link to it in its place");

    private static HashSet<string> Set(params IEnumerable<string> names) => new(names, StringComparer.OrdinalIgnoreCase);
}

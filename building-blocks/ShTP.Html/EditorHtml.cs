using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Ganss.Xss;
using ShTP.Localization;
using ShTP.Rpc.Errors;

namespace ShTP.Html;

/// <summary>
/// Cleans HTML of an editor, which clients show without changes. Active content is refused with an error text for the
/// author. Presentation is removed or converted to the editor's own formats. The result is safe to inject, and cleaning
/// it again does not change it.
/// </summary>
/// <param name="maxLength">In characters, before and after cleaning.</param>
/// <param name="maxPictureBytes">Largest picture inside the text, in bytes.</param>
public sealed class EditorHtml(int maxLength, int maxPictureBytes)
{
    private const int MaxDepth = 256;
    private const int MaxRounds = 5;
    private const int MaxRefusals = 5;
    private const int MaxShown = 30;
    private const string NewWindow = "_blank";
    private const string NoOpener = "noopener noreferrer";

    private static readonly HtmlParser Parser = new();
    private static readonly Refusal TooDeep = new($"formats lie more than {MaxDepth} deep in each other", "paste the text again without its formatting");
    private static readonly Refusal Ambiguous = new("is not understood in the same way by every browser", "paste the text again without its formatting");

    /// <summary>Records the faults and returns the HTML to store.</summary>
    public string Check(FieldChecks checks, string content, string field)
    {
        // Larger texts are not parsed, except by an import.
        var (html, refused) = content.Length > maxLength ? (null, [TooLong(content)]) : Read(content);
        foreach (var refusal in refused)
            checks.Add(field, refusal.Advice is null ? refusal.What : (LocalizedText)$"{refusal.What}: {refusal.Advice}");
        return html ?? "";
    }

    /// <summary>Returns the HTML without refused content, and the list of that content; null when the result is not predictable.</summary>
    public (string? Html, IReadOnlyList<Refusal> Refused) Read(string content)
    {
        var refused = new List<Refusal>();
        var html = Clean(PlainText.Escape(content), refused);
        for (var round = 1; html is not null && html.Length <= maxLength; round++)
        {
            var again = Clean(html, refused);
            if (again == html)
                return (html, Describe(refused));
            if (round == MaxRounds)
                refused.Add(Ambiguous);
            html = round == MaxRounds ? null : again;
        }

        return (null, html is null ? Describe(refused) : [TooLong(html)]);
    }

    private static List<Refusal> Describe(List<Refusal> refused) => [.. refused.Distinct().Take(MaxRefusals)];

    private Refusal TooLong(string content) => PlainText.LargestPicture(content) is var bytes && bytes > maxPictureBytes
        ? EditorRules.LargePicture(bytes, maxPictureBytes)
        : new($"must have at most {maxLength} characters");

    private string? Clean(string content, List<Refusal> refused)
    {
        using var document = Parser.ParseDocument("");
        var body = document.Body!;
        body.Append([.. Parser.ParseFragment(content, body)]);
        // The tree is now flat enough for recursion.
        if (IsTooDeep(body))
        {
            refused.Add(TooDeep);
            return null;
        }

        EditorMapping.Apply(body);
        Sanitizer(refused).SanitizeDom(document, (IHtmlElement)body);
        Normalize(body);
        return body.ChildNodes.ToHtml(HtmlFormatter.Instance);
    }

    private HtmlSanitizer Sanitizer(List<Refusal> refused)
    {
        var sanitizer = new HtmlSanitizer(EditorRules.Allowed) { KeepChildNodes = true };
        sanitizer.RemovingTag += (_, removing) => RemoveTag(removing.Tag, refused);
        sanitizer.RemovingAttribute += (_, removing) => NoteHandler(removing.Tag, removing.Attribute, refused);
        sanitizer.FilterUrl += (_, filter) => filter.SanitizedUrl = FilterAddress(filter.Tag, filter.OriginalUrl, refused);
        return sanitizer;
    }

    private static void RemoveTag(IElement element, List<Refusal> refused)
    {
        if (EditorRules.Acting.TryGetValue(element.LocalName, out var acting) || element.NamespaceUri != NamespaceNames.HtmlUri)
            refused.Add(acting ?? EditorRules.Acting["svg"]);
        else if (element.LocalName == "meta" && element.HasAttribute("http-equiv"))
            refused.Add(EditorRules.PageSetting);
        foreach (var attribute in element.Attributes)
            NoteHandler(element, attribute, refused);
        if (acting is not null || EditorRules.Invisible.Contains(element.LocalName))
            element.TextContent = "";
    }

    private static void NoteHandler(IElement element, IAttr attribute, List<Refusal> refused)
    {
        if (attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase))
            refused.Add(EditorRules.Handler(TextOf(element)));
    }

    private string? FilterAddress(IElement element, string address, List<Refusal> refused)
    {
        if (element is not IHtmlImageElement)
        {
            var link = WebAddress.NormalizeLink(address);
            if (link is null)
                refused.Add(EditorRules.Link(TextOf(element), WebAddress.Shorten(address)));
            return link;
        }

        var picture = WebAddress.NormalizePicture(address);
        if (picture is null)
            refused.Add(EditorRules.Picture(WebAddress.Shorten(address)));
        if (WebAddress.InlineBytes(address) is var bytes && bytes <= maxPictureBytes)
            return picture;
        refused.Add(EditorRules.LargePicture(bytes, maxPictureBytes));
        return null;
    }

    // Same attributes as the editor writes, without empty ones.
    private static void Normalize(IElement body)
    {
        foreach (var link in body.QuerySelectorAll("a[href]").Where(link => link.GetAttribute("rel") != NoOpener || link.GetAttribute("target") != NewWindow))
        {
            link.RemoveAttribute("rel");
            link.RemoveAttribute("target");
            link.SetAttribute("rel", NoOpener);
            link.SetAttribute("target", NewWindow);
        }

        foreach (var empty in body.QuerySelectorAll("a:not([href]), span:not([class]), img:not([src])").ToList())
            empty.Replace([.. empty.ChildNodes]);
    }

    private static bool IsTooDeep(INode root)
    {
        var level = new List<INode> { root };
        for (var depth = 0; depth <= MaxDepth; depth++)
        {
            level = [.. level.SelectMany(node => node.ChildNodes)];
            if (level.Count == 0)
                return false;
        }

        return true;
    }

    private static string TextOf(IElement element)
    {
        var text = element.TextContent.Trim();
        return text.Length > MaxShown ? text[..MaxShown] + "…" : text.Length > 0 ? text : element.LocalName;
    }
}

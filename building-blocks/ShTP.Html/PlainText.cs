using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace ShTP.Html;

/// <summary>Distinguishes HTML from text with angle brackets, such as <c>a &lt; b</c> or <c>#include &lt;iostream&gt;</c>.</summary>
internal static partial class PlainText
{
    private static readonly IHtmlDocument Names = new HtmlParser().ParseDocument("");

    /// <summary>The content as HTML, without control characters. Existing entities are kept, so that stored content can be sent again.</summary>
    public static string Escape(string content)
    {
        var visible = content.Any(IsHidden) ? string.Concat(content.Where(c => !IsHidden(c))) : content;
        return IsHtml(visible) ? visible : visible.Replace("<", "&lt;", StringComparison.Ordinal);
    }

    /// <summary>Size in bytes of the largest picture in a data URL.</summary>
    public static long LargestPicture(string content) =>
        InlinePicture().Matches(content).Select(match => match.Groups[1].Length * 3L / 4).DefaultIfEmpty().Max();

    private static bool IsHtml(string content) =>
        Opened().IsMatch(content) || Closed().Matches(content).Any(tag => IsElement(tag.Groups[1].Value));

    private static bool IsElement(string name)
    {
        lock (Names)
            return Names.CreateElement(name) is not IHtmlUnknownElement;
    }

    private static bool IsHidden(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');

    // Void elements, elements with optional end tags and elements without text: each of these is a sign of HTML.
    [GeneratedRegex(
        """
        <(?:!--|!doctype|
        (?:br|hr|img|wbr|p|li|dt|dd|tr|td|th|tbody|thead|tfoot|script|style|link|meta|base|body|html|head|form|input|button|select|option|textarea|iframe|frame|frameset|object|embed|applet|video|audio|source|svg|math)
        (?:\s+[a-z][a-z0-9:_.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+))?)*\s*/?>)
        """,
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Opened();

    [GeneratedRegex(@"</([a-z][a-z0-9]*)\s*>", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Closed();

    [GeneratedRegex(@"data:image/[a-z+]+;base64,([a-z0-9+/=]*)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex InlinePicture();
}

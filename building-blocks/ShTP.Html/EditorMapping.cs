using System.Collections.Frozen;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace ShTP.Html;

/// <summary>Converts other spellings of lines, alignment and struck text to formats that are kept.</summary>
internal static partial class EditorMapping
{
    private static readonly FrozenDictionary<string, string> OtherNames = new Dictionary<string, string>
    {
        ["strike"] = "s",
        ["del"] = "s",
        ["ins"] = "u",
        ["tt"] = "code",
        ["kbd"] = "code",
        ["samp"] = "code",
    }.ToFrozenDictionary();

    /// <summary>Elements that start a new line.</summary>
    private static readonly FrozenSet<string> Lines = FrozenSet.Create(
        "div", "center", "section", "article", "main", "header", "footer", "aside", "nav", "figure", "figcaption", "address", "dt", "dd");

    private static readonly string AnyBlock = string.Join(
        ',', [.. Lines, "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "blockquote", "pre", "hr", "table"]);

    /// <summary>Changes all descendants.</summary>
    public static void Apply(IElement body)
    {
        foreach (var formula in body.QuerySelectorAll("span.ql-formula[data-value]").ToList())
            formula.TextContent = formula.GetAttribute("data-value")!;
        foreach (var element in body.QuerySelectorAll("*").ToList())
            Map(element);
        // For nested lines: the inner ones become paragraphs, the outer ones are removed, and their other content stays between.
        foreach (var line in body.QuerySelectorAll("*").Where(element => Lines.Contains(element.LocalName)).ToList())
        {
            if (line.QuerySelector(AnyBlock) is null)
                Rename(line, "p");
        }
    }

    private static void Map(IElement element)
    {
        var alignment = element.LocalName == "center" ? "center" : (element.GetAttribute("align") ?? TextAlign().Match(element.GetAttribute("style") ?? "").Groups[1].Value).ToLowerInvariant();
        if (alignment is "center" or "right" or "justify" && element is not IHtmlImageElement and not IHtmlTableElement)
            element.ClassList.Add($"ql-align-{alignment}");
        if (OtherNames.TryGetValue(element.LocalName, out var name))
            Rename(element, name);
        else if (element is IHtmlUnknownElement && IsNoName(element.LocalName) && element.Attributes.Length == 0)
            element.Prepend(element.Owner!.CreateTextNode($"<{element.LocalName}>"));
    }

    // <iostream> and vector<int> are unescaped text; <o:p> and <app-root> are elements of other programs.
    private static bool IsNoName(string name) => !name.AsSpan().ContainsAny(':', '-');

    private static void Rename(IElement element, string name)
    {
        var renamed = element.Owner!.CreateElement(name);
        if (element.ClassName is { Length: > 0 } classes)
            renamed.ClassName = classes;
        renamed.Append([.. element.ChildNodes]);
        element.Replace(renamed);
    }

    [GeneratedRegex(@"(?:\A|;)\s*text-align\s*:\s*([a-z]+)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex TextAlign();
}

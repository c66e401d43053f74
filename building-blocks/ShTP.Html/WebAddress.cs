using System.Text.RegularExpressions;

namespace ShTP.Html;

/// <summary>
/// Addresses of links and pictures, parsed as browsers do it (URL Standard, 4.4): surrounding blanks and control
/// characters, tabs and line breaks are removed. What then begins with letters and a colon has a scheme.
/// </summary>
internal static partial class WebAddress
{
    private const int MaxShown = 60;

    private static readonly string Ignored = string.Concat(Enumerable.Range(0, ' ' + 1).Select(code => (char)code));

    /// <summary>Returns the address to store; null when it is not allowed.</summary>
    public static string? NormalizeLink(string address) => Normalize(address, "http", "https", "mailto", "tel");

    /// <inheritdoc cref="NormalizeLink"/>
    public static string? NormalizePicture(string address) =>
        Strip(address) is var stripped && InlinePicture().IsMatch(stripped) ? stripped : Normalize(address, "http", "https");

    /// <summary>Size in bytes of a picture in a data URL; 0 for other addresses.</summary>
    public static long InlineBytes(string address) =>
        Strip(address) is var stripped && InlinePicture().Match(stripped) is { Success: true } match ? (stripped.Length - match.Length) * 3L / 4 : 0;

    /// <summary>The beginning, for error texts.</summary>
    public static string Shorten(string address) => Strip(address) is var stripped && stripped.Length > MaxShown ? stripped[..MaxShown] + "…" : stripped;

    private static string? Normalize(string address, params ReadOnlySpan<string> schemes)
    {
        var stripped = Strip(address);
        if (Scheme().Match(stripped) is not { Success: true } scheme)
            return stripped.StartsWith("//", StringComparison.Ordinal) ? $"https:{stripped}" : stripped;
        var name = scheme.Groups[1].ValueSpan;
        foreach (var known in schemes)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return known + stripped[name.Length..];
        }

        return null;
    }

    private static string Strip(string address)
    {
        var trimmed = address.AsSpan().Trim(Ignored);
        return trimmed.ContainsAny('\t', '\n', '\r') ? string.Concat(trimmed.ToString().Where(c => c is not ('\t' or '\n' or '\r'))) : trimmed.ToString();
    }

    [GeneratedRegex(@"\A([a-zA-Z][a-zA-Z0-9+.\-]*):", RegexOptions.NonBacktracking)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"\Adata:image/(png|jpeg|gif|webp);base64,", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex InlinePicture();
}

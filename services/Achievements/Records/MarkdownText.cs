using System.Text;

namespace ShTP.Achievements.Records;

/// <summary>Escapes text of students for Markdown.</summary>
internal static class MarkdownText
{
    private const string Special = @"\`*_{}[]()<>#+-.!|~&";

    /// <summary>Escapes ASCII punctuation with backslashes, as CommonMark allows.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Special.Contains(c, StringComparison.Ordinal))
                escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }
}

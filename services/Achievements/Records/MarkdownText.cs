using System.Text;

namespace ShTP.Achievements.Records;

/// <summary>Text of students within Markdown.</summary>
internal static class MarkdownText
{
    private const string Special = @"\`*_{}[]()<>#+-.!|~&";

    /// <summary>The text so that it means itself; CommonMark takes a backslash before any ASCII punctuation.</summary>
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

namespace ShTP.Functions;

/// <summary>Texts of tests as programs meet them, whatever editor or system they were written with.</summary>
public static class TestText
{
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>Without a byte order mark, and every line ended by a line feed.</summary>
    public static string Normalize(string text) =>
        text.TrimStart(ByteOrderMark).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}

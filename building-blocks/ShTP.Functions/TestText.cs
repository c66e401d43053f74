namespace ShTP.Functions;

/// <summary>Normalizes test texts to the form that programs read, independent of editor and operating system.</summary>
public static class TestText
{
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>Without a byte order mark, and every line ended by a line feed.</summary>
    public static string Normalize(string text) =>
        text.TrimStart(ByteOrderMark).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}

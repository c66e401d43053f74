namespace ShTP.Functions;

/// <summary>Normalizes test texts to the form that programs read, independent of editor and operating system.</summary>
public static class TestText
{
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>Removes a byte order mark and normalizes line ends to line feeds.</summary>
    public static string Normalize(string text) =>
        text.TrimStart(ByteOrderMark).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}

namespace ShTP.Files.Content;

/// <summary>A supported media type with the extension of its names.</summary>
internal sealed record MediaType(string Name, string Extension)
{
    public static readonly MediaType Png = new("image/png", "png");
    public static readonly MediaType Jpeg = new("image/jpeg", "jpg");
    public static readonly MediaType Gif = new("image/gif", "gif");
    public static readonly MediaType Webp = new("image/webp", "webp");
    public static readonly MediaType Pdf = new("application/pdf", "pdf");
    public static readonly MediaType Zip = new("application/zip", "zip");

    /// <summary>Number of leading bytes that identify the type.</summary>
    public const int HeadLength = 1024;

    public bool IsImage => Name.StartsWith("image/", StringComparison.Ordinal);

    /// <summary>Detects the type by the first bytes; null when they are not known.</summary>
    public static MediaType? Detect(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? Png
        : head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? Jpeg
        : head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) ? Gif
        : head.StartsWith("RIFF"u8) && head.Length >= 12 && head[8..].StartsWith("WEBP"u8) ? Webp
        : SkipBlanks(head).StartsWith("%PDF-"u8) ? Pdf
        : head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8) ? Zip
        : null;

    // Programs that make PDFs leave line breaks or a byte order mark before them, and every reader takes that.
    private static ReadOnlySpan<byte> SkipBlanks(ReadOnlySpan<byte> head) =>
        (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? head[3..] : head).TrimStart(" \t\n\f\r\0"u8);
}

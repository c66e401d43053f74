namespace ShTP.Gateway.Transcoding.Codecs;

/// <summary>Bounds of the codecs that are not the body's size.</summary>
public static class CodecLimits
{
    /// <summary>
    /// How deep arrays, objects and messages may nest when the caller does not say. Google's parsers in the
    /// services stop at 100 messages; what passes here always passes there.
    /// </summary>
    public const int MaxDepth = 64;
}

namespace ShTP.Transcoding.Codecs;

/// <summary>Bounds of the codecs that are not the body's size.</summary>
public static class CodecLimits
{
    /// <summary>
    /// How deep arrays and objects, and messages with entries of maps, may nest in a request when the caller does not
    /// say. Google's parsers in the services stop at 100 messages; what passes here always passes there.
    /// </summary>
    public const int MaxDepth = 64;

    /// <summary>The same for answers, which hold what came in inside lists and pages: as deep as Google's parsers go.</summary>
    public const int MaxAnswerDepth = 100;
}

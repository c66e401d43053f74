namespace ShTP.Transcoding.Codecs;

/// <summary>Limits of the codecs besides the size of the body.</summary>
public static class CodecLimits
{
    /// <summary>
    /// Default nesting limit of arrays, objects, messages and map entries in a request. Google's parsers in the
    /// services stop at 100 messages, so everything within this limit can be parsed there.
    /// </summary>
    public const int MaxDepth = 64;

    /// <summary>The same for responses, which nest requests' data inside lists and pages: the limit of Google's parsers.</summary>
    public const int MaxAnswerDepth = 100;
}

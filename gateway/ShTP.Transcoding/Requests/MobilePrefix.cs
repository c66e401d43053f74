namespace ShTP.Transcoding.Requests;

/// <summary>The same API under /mobile/, with protobuf as the default.</summary>
internal static class MobilePrefix
{
    private const string Prefix = "/mobile";

    /// <summary>Moves the prefix from the path to the path base, so that routing sees the plain path.</summary>
    public static void Strip(HttpContext context)
    {
        var request = context.Request;
        if (!request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal, out var rest) || rest.Value is not { Length: > 0 })
            return;
        request.PathBase = request.PathBase.Add(Prefix);
        request.Path = rest;
    }

    /// <summary>Whether the request has the prefix.</summary>
    public static bool IsMobile(this HttpContext context) => context.Request.PathBase.Value is { Length: > 0 } above && above.EndsWith(Prefix, StringComparison.Ordinal);
}

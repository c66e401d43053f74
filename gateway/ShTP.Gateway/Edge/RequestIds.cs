using System.Buffers;
using System.Diagnostics;

namespace ShTP.Gateway.Edge;

/// <summary>Every request has an id: the client's own when it is well-formed, otherwise the trace's. It is echoed and forwarded to services.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-ID";
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Assigns the id and echoes it.</summary>
    public static void Assign(HttpContext context)
    {
        var sent = context.Request.Headers[Header];
        var id = sent.Count == 1 && sent[0] is { Length: > 0 and <= MaxLength } own && !own.AsSpan().ContainsAnyExcept(Allowed)
            ? own
            : (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString();
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
    }

    /// <summary>The assigned id.</summary>
    public static string RequestId(this HttpContext context) => context.TraceIdentifier;
}

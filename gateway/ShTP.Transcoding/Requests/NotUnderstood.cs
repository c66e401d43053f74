using System.Text.Json;
using Google.Protobuf.Reflection;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Requests;

/// <summary>
/// The keys of a JSON body of which no key is known. Unknown keys are ignored, but when the service refuses the
/// request, the error lists them for the client.
/// </summary>
internal sealed record NotUnderstood(IReadOnlyList<string> Keys)
{
    private const int MaxKeys = 10;
    private const int MaxKeyLength = 50;

    // A larger message has known keys in it.
    private const int MostBytes = 16;

    /// <summary>Stores the keys for <see cref="Explain"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="json">Its JSON body.</param>
    /// <param name="plan">The message of the body.</param>
    /// <param name="written">Size of the converted body.</param>
    public static void Note(HttpContext context, ReadOnlySpan<byte> json, MessagePlan plan, int written)
    {
        if (written > MostBytes || plan.WellKnown != WellKnownType.None)
            return;
        if (json.StartsWith("\uFEFF"u8))
            json = json["\uFEFF"u8.Length..];
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = CodecLimits.MaxDepth + 1 });
        var unknown = new List<string>();
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject && !AnyKnown(ref reader, plan, "", unknown) && unknown.Count > 0)
            context.Features.Set(new NotUnderstood(unknown));
    }

    /// <summary>Adds the stored keys to a problem about the request.</summary>
    public static Problem Explain(HttpContext context, Problem problem) =>
        problem.Code == Google.Rpc.Code.InvalidArgument && context.Features.Get<NotUnderstood>() is { } noted
            ? problem with { Text = $"{problem.Text} (not understood: {string.Join(", ", noted.Keys)})" }
            : problem;

    private static bool AnyKnown(ref Utf8JsonReader reader, MessagePlan plan, string path, List<string> unknown)
    {
        var known = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var field = plan.FindField(name);
            reader.Read();
            if (field is { Type: FieldType.Message, IsRepeated: false } && field.Message.WellKnown == WellKnownType.None && reader.TokenType == JsonTokenType.StartObject)
            {
                known |= AnyKnown(ref reader, field.Message, $"{path}{field.JsonName}.", unknown);
                continue;
            }

            known |= field is not null;
            if (field is null && unknown.Count < MaxKeys)
                unknown.Add(path + (name.Length > MaxKeyLength ? name[..MaxKeyLength] + "…" : name));
            reader.Skip();
        }

        return known;
    }
}

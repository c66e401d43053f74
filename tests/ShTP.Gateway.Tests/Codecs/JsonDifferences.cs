using System.Text;
using System.Text.Json;
using Google.Protobuf;
using ShTP.Transcoding.Codecs;

namespace ShTP.Gateway.Tests.Codecs;

/// <summary>Where ShTP's reading of JSON differs from that of Google's C# parser on purpose; anything else is a fault of one of them.</summary>
internal static class JsonDifferences
{
    /// <summary>We accept, Google refuses: how its refusal starts, and why we accept.</summary>
    private static readonly (string Refusal, string Reason)[] AcceptedByUsAlone =
    [
        ("Invalid Timestamp value", "the clients send times without a zone, and with a space or a small t"),
        ("Invalid Duration value: 0", "zeros in front change nothing; the grammar has any digits"),
        ("Invalid base64 data", "both alphabets, with or without padding, as the JSON mapping of protobuf asks"),
        ("Invalid first character of token: \uFEFF", "RFC 8259 (8.1) lets a parser skip a byte order mark"),
    ];

    /// <summary>Google accepts, we refuse: what our detail contains, and why we refuse.</summary>
    private static readonly (string Detail, string Reason)[] RefusedByUsAlone =
    [
        ("must be base64", "Google skips white space inside; the same content would have two spellings"),
        ("must be one of", "Google drops unknown names of enums together with unknown fields; that loses input without an error"),
        ("the document is not UTF-8", "Google takes a string, in which broken bytes have become U+FFFD before"),
    ];

    /// <summary>An undeclared difference as one phrase, or null when there is none.</summary>
    internal static string? Find(byte[] json, Kitchen.V1.Kitchen? ours, RequestFormatException? fault)
    {
        var (theirs, refusal) = Google(json);
        if (ours is null)
            return theirs is null || RefusedByUsAlone.Any(known => fault!.Detail.Contains(known.Detail, StringComparison.Ordinal)) ? null : $"we refuse: {Kind(fault!.Detail)}";
        // The syntax is that of System.Text.Json.
        using var document = JsonDocument.Parse(json.AsMemory(json.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
        if (HasRepeatedName(document.RootElement))
            return null;
        if (theirs is null)
            return AcceptedByUsAlone.Any(known => refusal!.StartsWith(known.Refusal, StringComparison.Ordinal)) ? null : $"Google refuses: {Kind(refusal!)}";
        return theirs.Equals(ours) ? null : $"messages differ:\n{theirs}\n{ours}";
    }

    private static string Kind(string text) => text.Length > 40 ? text[..40] : text;

    private static (Kitchen.V1.Kitchen? Message, string? Refusal) Google(byte[] json)
    {
        try
        {
            return (new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true)).Parse<Kitchen.V1.Kitchen>(Encoding.UTF8.GetString(json)), null);
        }
        catch (Exception refused) when (refused is InvalidProtocolBufferException or InvalidJsonException or InvalidOperationException or OverflowException or ArgumentException)
        {
            return (null, refused.Message);
        }
    }

    /// <summary>Google merges what comes twice or refuses it; we take the last, as JavaScript and Python do.</summary>
    private static bool HasRepeatedName(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().GroupBy(member => member.Name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant()).Any(group => group.Count() > 1)
            || element.EnumerateObject().Any(member => HasRepeatedName(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(HasRepeatedName),
        _ => false,
    };
}

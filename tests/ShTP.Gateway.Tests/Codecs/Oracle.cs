using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using ShTP.Api.V1;

namespace ShTP.Gateway.Tests.Codecs;

/// <summary>
/// What ShTP JSON must be: Google's own JSON, with the differences of ShTP applied to it one by one.
/// </summary>
internal static class Oracle
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 200 };

    internal static string Expected(IMessage message) => Normal(Object((JsonObject)JsonNode.Parse(Formatter.Format(message))!, message));

    internal static string Normal(JsonNode? node) => Plain(node)?.ToJsonString(Unescaped) ?? "null";

    internal static string Normal(ReadOnlySpan<byte> json) => Normal(JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 200 }));

    /// <summary>Fails with the seed and the texts around the first difference.</summary>
    internal static void AssertSame(string expected, string actual, int seed)
    {
        if (expected == actual)
            return;
        var at = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        var start = Math.Max(0, at - 60);
        Assert.Fail($"seed {seed} at {at}\n{string.Concat(expected.Skip(start).Take(160))}\n{string.Concat(actual.Skip(start).Take(160))}");
    }

    /// <summary>A parsed string keeps the escapes that it was written with; they are no difference.</summary>
    private static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Plain(member.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(Plain)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(value.GetValue<string>()),
        // 1E-12 and 1e-12 are the same number.
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonNode.Parse(value.ToJsonString().ToLowerInvariant()),
        _ => node?.DeepClone(),
    };

    private static JsonObject Object(JsonObject google, IMessage message)
    {
        var result = new JsonObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var node = google[field.JsonName]?.DeepClone();
            if (!google.ContainsKey(field.JsonName))
            {
                // Difference 1: what is not set is null, except the members of a oneof.
                if (field.RealContainingOneof is null)
                    result[field.JsonName] = null;
                continue;
            }

            var value = field.Accessor.GetValue(message);
            if (field.IsMap)
                result[field.JsonName] = Map((JsonObject)node!, (IDictionary)value, field.MessageType.FindFieldByNumber(2));
            else if (field.IsRepeated)
                result[field.JsonName] = new JsonArray([.. ((JsonArray)node!).Zip(((IList)value).Cast<object>(), (element, item) => Single(element?.DeepClone(), item, field))]);
            else
                result[field.JsonName] = Single(node, value, field);
        }

        return result;
    }

    private static JsonObject Map(JsonObject google, IDictionary map, FieldDescriptor value)
    {
        var result = new JsonObject();
        foreach (var (member, item) in google.Zip(map.Values.Cast<object>()))
            result[member.Key] = Single(member.Value?.DeepClone(), item, value);
        return result;
    }

    private static JsonNode? Single(JsonNode? google, object value, FieldDescriptor field)
    {
        // Difference 2: times have six digits and no zone.
        if (value is Timestamp time)
            return DateTime.UnixEpoch.AddTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanos / 100)).ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        // Difference 3: enums are spelled by json_value.
        if (field.FieldType == FieldType.Enum && google!.GetValueKind() == JsonValueKind.String)
        {
            var spelling = field.EnumType.FindValueByName(google.GetValue<string>()).GetOptions()?.GetExtension(OptionsExtensions.JsonValue);
            return string.IsNullOrEmpty(spelling) ? google : spelling;
        }

        if (value is Kitchen.V1.Kitchen nested)
            return Object((JsonObject)google!, nested);
        return google;
    }
}

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using ShTP.Protos;
using ShTP.Rpc.Errors;

namespace ShTP.Notifications.Messages;

/// <summary>The types of notifications with their data. The clients cannot show others.</summary>
internal static class NotificationData
{
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>By type: the fields that both clients read, and <c>reason</c>, which is optional.</summary>
    private static readonly Field[][] Types =
    [
        [Text("name", NotificationLimits.Name), new("points", true, CheckInteger)],
        [Text("name", NotificationLimits.Name), Text("reason", NotificationLimits.Text) with { IsMandatory = false }],
        [Text("name", NotificationLimits.Name)],
        [Text("name", NotificationLimits.Name), new("medal", true, CheckMedal)],
        [Text("text", NotificationLimits.Text)],
        [Text("text", NotificationLimits.Text)],
    ];

    /// <summary>Records the faults of type and data, and returns the data as JSON.</summary>
    public static string Check(FieldChecks checks, int? type, Struct? data)
    {
        if (type is null)
            checks.Add("type", "field required");
        else if (type < 0 || type >= Types.Length)
            checks.Add("type", $"must be between 0 and {Types.Length - 1}");
        else if (data is not null)
            return Check(checks, Types[type.Value], data);
        if (data is null)
            checks.Add("data", "field required");
        return "{}";
    }

    /// <summary>Removes the fields that the type does not have, and returns them; for an unknown type none.</summary>
    public static IReadOnlyList<KeyValuePair<string, Value>> RemoveUnknown(int type, Struct? data)
    {
        if (type < 0 || type >= Types.Length || data is null)
            return [];
        List<KeyValuePair<string, Value>> unknown = [.. data.Fields.Where(field => Types[type].All(known => known.Name != field.Key))];
        unknown.ForEach(field => data.Fields.Remove(field.Key));
        return unknown;
    }

    /// <summary>The result of <see cref="Check(FieldChecks, int?, Struct?)"/> as protobuf.</summary>
    public static Struct ToProto(string json)
    {
        using var document = JsonDocument.Parse(json);
        var data = new Struct();
        foreach (var field in document.RootElement.EnumerateObject())
        {
            data.Fields.Add(field.Name, field.Value.ValueKind == JsonValueKind.Number
                ? Value.ForNumber(field.Value.GetDouble())
                : Value.ForString(field.Value.GetString()));
        }

        return data;
    }

    private static string Check(FieldChecks checks, Field[] fields, Struct data)
    {
        foreach (var field in fields)
        {
            if (data.Fields.TryGetValue(field.Name, out var value))
                field.Check(checks, value, $"data.{field.Name}");
            else if (field.IsMandatory)
                checks.Add($"data.{field.Name}", "field required");
        }

        if (data.Fields.Keys.Any(key => fields.All(field => field.Name != key)))
            checks.Add("data", $"must have nothing but {string.Join(" and ", fields.Select(field => field.Name))}");
        checks.ThrowIfInvalid();
        return Encoding.UTF8.GetString(ToJson(data));
    }

    private static ReadOnlySpan<byte> ToJson(Struct data)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Format);
        writer.WriteStartObject();
        foreach (var (name, value) in data.Fields)
        {
            if (value.KindCase == Value.KindOneofCase.NumberValue)
                writer.WriteNumber(name, (int)value.NumberValue);
            else
                writer.WriteString(name, value.StringValue);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan;
    }

    private static Field Text(string name, int max) => new(name, true, (checks, value, path) =>
    {
        if (value.KindCase == Value.KindOneofCase.StringValue)
            checks.Text(value.StringValue, 1, max, path);
        else
            checks.Add(path, "must be a text");
    });

    private static void CheckInteger(FieldChecks checks, Value value, string path)
    {
        if (value.KindCase != Value.KindOneofCase.NumberValue || !double.IsInteger(value.NumberValue) || Math.Abs(value.NumberValue) > int.MaxValue)
            checks.Add(path, "must be an integer");
    }

    private static void CheckMedal(FieldChecks checks, Value value, string path)
    {
        if (value.KindCase != Value.KindOneofCase.StringValue || value.StringValue is not ("gold" or "silver" or "bronze"))
            checks.Add(path, "must be gold, silver or bronze");
    }

    private sealed record Field(string Name, bool IsMandatory, Action<FieldChecks, Value, string> Check);
}

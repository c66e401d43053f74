using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.OpenApi;

/// <summary>The <c>rules</c> option of a field as keywords of JSON Schema.</summary>
internal static class FieldRules
{
    public const string TimeFormat = "utc-without-zone";

    private static readonly Rules None = new();

    public static Rules Of(FieldDescriptor field) => field.GetOptions()?.GetExtension(OptionsExtensions.Rules) ?? None;

    /// <summary>What holds for a value, or for each item of a list.</summary>
    public static void ApplyTo(OpenApiSchema schema, FieldDescriptor field)
    {
        var rules = Of(field);
        if (rules.Format.Length > 0)
            schema.Format = rules.Format;
        if (rules.Pattern.Length > 0)
            schema.Pattern = rules.Pattern;
        schema.MinLength = NullIfZero(rules.MinLength);
        schema.MaxLength = NullIfZero(rules.MaxLength);
        schema.Minimum = rules.HasMinimum ? rules.Minimum.ToString(CultureInfo.InvariantCulture) : null;
        schema.Maximum = rules.HasMaximum ? rules.Maximum.ToString(CultureInfo.InvariantCulture) : null;
        if (ExampleOf(rules, field, schema.Format) is { } example)
            schema.Examples = [example];
    }

    /// <summary>What holds for a list as a whole.</summary>
    public static OpenApiSchema ApplyToList(OpenApiSchema schema, FieldDescriptor field)
    {
        var rules = Of(field);
        schema.MinItems = NullIfZero(rules.MinItems);
        schema.MaxItems = NullIfZero(rules.MaxItems);
        return schema;
    }

    private static JsonNode? ExampleOf(Rules rules, FieldDescriptor field, string? format) => (rules.Example, format) switch
    {
        ({ Length: > 0 } text, _) when field.FieldType == FieldType.String || IsTime(field) => JsonValue.Create(text),
        ({ Length: > 0 } json, _) => JsonNode.Parse(json),
        (_, "uuid") => JsonValue.Create("0196d4b2-7c1e-7f3a-9b58-2d6f4e8a1c07"),
        (_, TimeFormat) => JsonValue.Create("2030-05-17T10:00:00"),
        _ => null,
    };

    private static bool IsTime(FieldDescriptor field) => field.FieldType == FieldType.Message && WellKnownTypes.Of(field.MessageType) == WellKnownType.Timestamp;

    private static int? NullIfZero(int bound) => bound == 0 ? null : bound;
}

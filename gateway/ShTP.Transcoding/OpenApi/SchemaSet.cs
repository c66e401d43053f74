using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.OpenApi;

/// <summary>The JSON of messages as schemas; each message that is used becomes a component.</summary>
internal sealed class SchemaSet(OpenApiDocument document, ContractComments comments)
{
    public const string TimeFormat = "utc-without-zone";

    private readonly HashSet<MessageDescriptor> _answered = [];

    /// <summary>The gateway writes all fields of these messages, with <c>null</c> for unset ones.</summary>
    public void MarkAnswered(MessageDescriptor message)
    {
        if (WellKnownTypes.Of(message) != WellKnownType.None || !_answered.Add(message))
            return;
        foreach (var field in message.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message))
            MarkAnswered(field.MessageType);
    }

    /// <summary>A message, by reference.</summary>
    public IOpenApiSchema Of(MessageDescriptor message)
    {
        if (WellKnown(message) is { } special)
            return special;
        var id = NameOf(message);
        if (!document.Components!.Schemas!.ContainsKey(id))
        {
            var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Description = comments.Of(message.FullName), Properties = new Dictionary<string, IOpenApiSchema>() };
            // Added before the fields, because a message may be recursive.
            document.Components.Schemas[id] = schema;
            foreach (var field in message.Fields.InDeclarationOrder())
                schema.Properties[field.JsonName] = Of(field);
            if (_answered.Contains(message))
                schema.Required = schema.Properties.Keys.ToHashSet();
        }

        return new OpenApiSchemaReference(id, document);
    }

    /// <summary>An existing component.</summary>
    public IOpenApiSchema Reference(string id) => new OpenApiSchemaReference(id, document);

    /// <summary>A message without some of its fields, inline.</summary>
    public IOpenApiSchema Without(MessageDescriptor message, IReadOnlySet<string> jsonNames)
    {
        if (jsonNames.Count == 0)
            return Of(message);
        var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Description = comments.Of(message.FullName), Properties = new Dictionary<string, IOpenApiSchema>() };
        foreach (var field in message.Fields.InDeclarationOrder().Where(field => !jsonNames.Contains(field.JsonName)))
            schema.Properties[field.JsonName] = Of(field);
        return schema;
    }

    /// <summary>The schema of a field with its comment.</summary>
    public IOpenApiSchema Of(FieldDescriptor field)
    {
        if (field.IsMap)
            return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Of(field.MessageType.FindFieldByNumber(2)), Description = comments.Of(field.FullName) };
        if (field.IsRepeated)
            return new OpenApiSchema { Type = JsonSchemaType.Array, Items = Single(field), Description = comments.Of(field.FullName) };
        var single = Single(field);
        var isNullable = field.HasPresence && field.RealContainingOneof is null;
        if (single is OpenApiSchema { Type: { } type } scalar)
        {
            scalar.Type = isNullable ? type | JsonSchemaType.Null : type;
            if (isNullable && scalar.Enum is { } values)
                scalar.Enum = [.. values, JsonNullSentinel.JsonNull];
            scalar.Description = comments.Of(field.FullName) ?? scalar.Description;
            return scalar;
        }

        return isNullable || comments.Of(field.FullName) is not null
            ? new OpenApiSchema { AnyOf = isNullable ? [single, new OpenApiSchema { Type = JsonSchemaType.Null }] : [single], Description = comments.Of(field.FullName) }
            : single;
    }

    /// <summary>"users.User": messages of different areas may have the same name.</summary>
    public static string NameOf(MessageDescriptor message) => string.Join('.', message.FullName.Split('.').Where((part, index) => index != 0 && part != "v1"));

    private IOpenApiSchema Single(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType),
        FieldType.Enum => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. SpellingsOf(field.EnumType)], Description = comments.Of(field.EnumType.FullName) },
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.String => new OpenApiSchema { Type = JsonSchemaType.String },
        FieldType.Bytes => new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
        FieldType.Double or FieldType.Float => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" },
        // As in proto3 JSON, because JavaScript's numbers are exact up to 2^53 only.
        FieldType.Int64 or FieldType.UInt64 or FieldType.SInt64 or FieldType.Fixed64 or FieldType.SFixed64 => new OpenApiSchema { Type = JsonSchemaType.String, Format = "int64" },
        _ => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
    };

    private static OpenApiSchema? WellKnown(MessageDescriptor message) => WellKnownTypes.Of(message) switch
    {
        WellKnownType.None => null,
        WellKnownType.Timestamp => new OpenApiSchema { Type = JsonSchemaType.String, Format = TimeFormat, Description = "UTC, ISO 8601 without a zone; accepted with one too." },
        WellKnownType.Struct => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalPropertiesAllowed = true },
        WellKnownType.ListValue => new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() },
        WellKnownType.Empty => new OpenApiSchema { Type = JsonSchemaType.Null },
        WellKnownType.Duration or WellKnownType.FieldMask => new OpenApiSchema { Type = JsonSchemaType.String },
        _ => new OpenApiSchema(),
    };

    private static IEnumerable<JsonNode> SpellingsOf(EnumDescriptor type)
    {
        var plan = new EnumPlan(type);
        foreach (var value in type.Values)
        {
            using var text = new PooledBuffer(64);
            plan.WriteJson(value.Number, text);
            yield return JsonNode.Parse(text.WrittenSpan)!;
        }
    }
}

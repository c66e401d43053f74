using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.OpenApi;

/// <summary>The JSON of messages as schemas; each message and enum that is used becomes a component.</summary>
internal sealed class SchemaSet(OpenApiDocument document, ContractComments comments)
{
    private readonly HashSet<MessageDescriptor> _answered = [];
    private readonly Dictionary<string, (IDescriptor Type, IReadOnlySet<string> Without)> _sources = [];

    /// <summary>The gateway writes all fields of these messages, with <c>null</c> for unset ones.</summary>
    public void MarkAnswered(MessageDescriptor message)
    {
        if (WellKnownTypes.Of(message) != WellKnownType.None || !_answered.Add(message))
            return;
        foreach (var field in message.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message))
            MarkAnswered(field.MessageType);
    }

    /// <summary>What the gateway writes.</summary>
    public IOpenApiSchema Answered(MessageDescriptor message) => Of(message, Use.Answered, new HashSet<string>());

    /// <summary>What the gateway writes in a field.</summary>
    public IOpenApiSchema Answered(FieldDescriptor field) => Of(field, Use.Answered);

    /// <summary>What a client sends as a body, without the fields that are in the path.</summary>
    public IOpenApiSchema Asked(MessageDescriptor message, IReadOnlySet<string> inPath) => Of(message, Use.Asked, inPath);

    /// <summary>What a client sends in a field.</summary>
    public IOpenApiSchema Asked(FieldDescriptor field) => Of(field, Use.Asked);

    /// <summary>What a client sends as a parameter: it is absent instead of null.</summary>
    public IOpenApiSchema Parameter(FieldDescriptor field) => Of(field, Use.Parameter);

    /// <summary>An existing component.</summary>
    public IOpenApiSchema Reference(string id) => new OpenApiSchemaReference(id, document);

    private IOpenApiSchema Of(MessageDescriptor message, Use use, IReadOnlySet<string> without)
    {
        if (WellKnown(message) is { } special)
            return special;
        // A client may leave out what the gateway always writes.
        var id = use != Use.Answered && _answered.Contains(message) ? message.Name + "Input" : message.Name;
        return Component(id, message, without, () => new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema>() }, schema =>
        {
            var fields = message.Fields.InDeclarationOrder().Where(field => !without.Contains(field.JsonName) && !IsAlias(field)).ToList();
            foreach (var field in fields)
                schema.Properties![field.JsonName] = Of(field, use);
            schema.Required = fields.Where(field => use == Use.Answered || FieldRules.Of(field).Required).Select(field => field.JsonName).ToHashSet();
        });
    }

    private OpenApiSchemaReference Of(EnumDescriptor type) =>
        Component(type.Name, type, new HashSet<string>(), () => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. SpellingsOf(type)] }, _ => { });

    private IOpenApiSchema Of(FieldDescriptor field, Use use)
    {
        var text = comments.Of(field.FullName);
        if (field.IsMap)
            return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Of(field.MessageType.FindFieldByNumber(2), use), Description = text };
        var single = Single(field, use);
        if (single is OpenApiSchema own)
            FieldRules.ApplyTo(own, field);
        if (field.IsRepeated)
            return FieldRules.ApplyToList(new OpenApiSchema { Type = JsonSchemaType.Array, Items = single, Description = text }, field);
        var isNullable = field.HasPresence && field.RealContainingOneof is null && use switch
        {
            Use.Parameter => false,
            Use.Asked => !FieldRules.Of(field).Required,
            _ => true,
        };
        return Describe(isNullable ? OrNull(single) : single, text);
    }

    private OpenApiSchemaReference Component(string id, IDescriptor type, IReadOnlySet<string> without, Func<OpenApiSchema> make, Action<OpenApiSchema> fill)
    {
        if (!_sources.TryAdd(id, (type, without)))
        {
            return _sources[id] is var (known, left) && known == type && left.SetEquals(without)
                ? new OpenApiSchemaReference(id, document)
                : throw new InvalidOperationException($"'{type.FullName}' and '{_sources[id].Type.FullName}' would both be the schema '{id}', and differ.");
        }

        // Added before its fields, because a message may be recursive.
        var schema = make();
        schema.Description = comments.Of(type.FullName);
        document.Components!.Schemas![id] = schema;
        fill(schema);
        return new OpenApiSchemaReference(id, document);
    }

    // One of the two, and not any of them: generators of clients know this form alone as a reference that can be null.
    private static OpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is not OpenApiSchema { Type: { } type } own)
            return new OpenApiSchema { OneOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Null }] };
        own.Type = type | JsonSchemaType.Null;
        return own;
    }

    private static IOpenApiSchema Describe(IOpenApiSchema schema, string? text)
    {
        if (text is not null && schema is OpenApiSchema own)
            own.Description = text;
        else if (text is not null && schema is OpenApiSchemaReference reference)
            reference.Description = text;
        return schema;
    }

    private IOpenApiSchema Single(FieldDescriptor field, Use use) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType, use, new HashSet<string>()),
        FieldType.Enum => Of(field.EnumType),
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
        WellKnownType.Timestamp => new OpenApiSchema { Type = JsonSchemaType.String, Format = FieldRules.TimeFormat, Description = "UTC, ISO 8601 without a zone; accepted with one too." },
        WellKnownType.Struct => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalPropertiesAllowed = true },
        WellKnownType.ListValue => new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() },
        WellKnownType.Empty => new OpenApiSchema { Type = JsonSchemaType.Null },
        WellKnownType.Duration or WellKnownType.FieldMask => new OpenApiSchema { Type = JsonSchemaType.String },
        _ => new OpenApiSchema(),
    };

    private static bool IsAlias(FieldDescriptor field) => field.GetOptions()?.GetExtension(OptionsExtensions.Alias) ?? false;

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

    private enum Use
    {
        Answered,
        Asked,
        Parameter,
    }
}

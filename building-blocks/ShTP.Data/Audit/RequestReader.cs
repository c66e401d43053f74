using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ShTP.Data.Audit;

/// <summary>What a request asks for, where the changes that it makes are not seen: without secrets, files and nested messages.</summary>
internal static class RequestReader
{
    private const int MaxItems = 20;
    private const string Id = "uuid";

    public static string? Read(IMessage request)
    {
        var values = new JsonObject();
        foreach (var field in request.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.Name == Id || field.IsMap || !IsGiven(field, request))
                continue;
            var value = field.Accessor.GetValue(request);
            if (ChangeReader.IsSecret(field.Name.Replace("_", "", StringComparison.Ordinal)) || field.FieldType is FieldType.Bytes or FieldType.Message)
                values[field.JsonName] = "(given)";
            else
                values[field.JsonName] = field.IsRepeated ? new JsonArray([.. ((IEnumerable)value).Cast<object>().Take(MaxItems).Select(ToJson)]) : ToJson(value);
        }

        return values.Count == 0 ? null : AuditChangeSet.Write(values);
    }

    /// <summary>The id that the request names, or null.</summary>
    public static string? IdOf(IMessage request) =>
        request.Descriptor.FindFieldByName(Id) is { FieldType: FieldType.String, IsRepeated: false } field && field.Accessor.GetValue(request) is string { Length: > 0 and <= AuditEntry.MaxObjectId } id
            ? id
            : null;

    private static bool IsGiven(FieldDescriptor field, IMessage request)
    {
        if (field.IsRepeated)
            return ((ICollection)field.Accessor.GetValue(request)).Count > 0;
        if (field.HasPresence)
            return field.Accessor.HasValue(request);
        return field.Accessor.GetValue(request) is not (null or "" or 0 or 0L or 0d or false);
    }

    private static JsonNode? ToJson(object value) => value switch
    {
        bool flag => JsonValue.Create(flag),
        string text => JsonValue.Create(AuditChangeSet.Cut(text)),
        int or long or uint => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        float or double => JsonValue.Create(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}

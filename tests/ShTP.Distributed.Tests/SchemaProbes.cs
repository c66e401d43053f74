using System.Globalization;
using System.Text.Json.Nodes;

namespace ShTP.Distributed.Tests;

/// <summary>A request in which one field is at a bound of its schema, or one step beyond it.</summary>
internal sealed record SchemaProbe(HttpMethod Verb, string Path, string Url, string Field, bool IsBeyond, string What, JsonObject? Body, bool IsForm, IReadOnlyList<string> Files)
{
    public override string ToString() => $"{Verb} {Path}, {Field} {(IsBeyond ? "beyond" : "at")} {What}";
}

/// <summary>Makes requests from an OpenAPI document: all required fields with valid values, and one field at or beyond a bound.</summary>
internal sealed class SchemaProbes(JsonNode document)
{
    private static readonly string[] Verbs = ["get", "put", "post", "patch", "delete"];

    public IEnumerable<SchemaProbe> Probes() =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where Verbs.Contains(operation.Key) && operation.Value!["deprecated"] is null
        from probe in Probes(path.Key, HttpMethod.Parse(operation.Key), operation.Value!)
        select probe;

    private IEnumerable<SchemaProbe> Probes(string path, HttpMethod verb, JsonNode operation)
    {
        var parameters = operation["parameters"]?.AsArray().Where(parameter => (string)parameter!["in"]! != "header").Select(parameter => new Parameter(
            (string)parameter!["name"]!, (string)parameter["in"]! == "path", (bool?)parameter["required"] ?? false, parameter["schema"]!)).ToList() ?? [];
        var content = operation["requestBody"]?["content"];
        var isForm = content is not null && content["application/json"] is null;
        var schema = Resolve((content?["application/json"] ?? content?["multipart/form-data"])?["schema"]);
        string[] files = [.. schema?["properties"]?.AsObject().Where(property => (string?)property.Value!["format"] == "binary").Select(property => property.Key) ?? []];
        JsonObject? ValidBody() => schema is null ? null : (JsonObject)Valid(schema);
        SchemaProbe Make(string field, Change change, Dictionary<string, string?> given, JsonObject? body) =>
            new(verb, path, UrlOf(path, parameters, given), field, change.IsBeyond, change.What, body, isForm, files);

        foreach (var parameter in parameters)
        {
            foreach (var change in Changes(parameter.Schema, parameter.IsRequired && !parameter.IsPath))
                yield return Make(parameter.Name, change, new() { [parameter.Name] = change.Value?.ToString() }, ValidBody());
        }

        foreach (var (field, change, body) in schema is null ? [] : BodyChanges(schema, "", ValidBody))
            yield return Make(field, change, [], body);
    }

    // Every field in turn, also those of objects within.
    private IEnumerable<(string Field, Change Change, JsonObject Body)> BodyChanges(JsonNode schema, string prefix, Func<JsonObject?> whole)
    {
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            if ((string?)property!["format"] == "binary")
                continue;
            foreach (var change in Changes(property, IsRequired(schema, name)))
            {
                var body = whole()!;
                var parent = At(body, prefix);
                if (change.Value is null)
                    parent.Remove(name);
                else
                    parent[name] = change.Value;
                yield return (prefix + name, change, body);
            }

            if (Resolve(property) is { } inner && inner["properties"] is not null)
            {
                foreach (var found in BodyChanges(inner, $"{prefix}{name}.", () => With(whole()!, prefix + name, Valid(inner))))
                    yield return found;
            }
        }
    }

    private IEnumerable<Change> Changes(JsonNode property, bool isRequired)
    {
        var schema = Resolve(property)!;
        if (isRequired)
            yield return new Change(null, true, "required");
        if (TypeOf(schema) == "array")
        {
            var items = schema["items"]!;
            foreach (var (count, isBeyond, what) in Steps((int?)schema["minItems"], (int?)schema["maxItems"], "items"))
                yield return new Change(new JsonArray([.. Enumerable.Range(0, count).Select(_ => Valid(items))]), isBeyond, what);
            if ((string?)Resolve(items)?["format"] == "uuid")
                yield return new Change(new JsonArray("nonsense"), true, "format");
            yield break;
        }

        foreach (var (length, isBeyond, what) in Steps((int?)schema["minLength"], (int?)schema["maxLength"], "length"))
            yield return new Change(Text(schema, length), isBeyond, what);
        if (schema["minimum"] is { } minimum)
        {
            yield return new Change(Number(minimum), false, "minimum");
            yield return new Change(Number(minimum, -1), true, "minimum");
        }

        if (schema["maximum"] is { } maximum)
        {
            yield return new Change(Number(maximum), false, "maximum");
            yield return new Change(Number(maximum, 1), true, "maximum");
        }

        if (schema["format"] is { } format && (string)format! is "uuid" or "email" or "uri")
            yield return new Change("nonsense", true, "format");
        else if (schema["pattern"] is not null)
            yield return new Change("a/b", true, "pattern");
    }

    private static IEnumerable<(int Count, bool IsBeyond, string What)> Steps(int? min, int? max, string what)
    {
        if (min is { } least)
        {
            yield return (least, false, $"least {what}");
            yield return (least - 1, true, $"least {what}");
        }

        if (max is { } most)
        {
            yield return (most, false, $"most {what}");
            yield return (most + 1, true, $"most {what}");
        }
    }

    private JsonNode Valid(JsonNode property)
    {
        var schema = Resolve(property)!;
        if (schema["enum"] is JsonArray spellings)
            return spellings[0]!.DeepClone();
        return TypeOf(schema) switch
        {
            "object" => ValidObject(schema),
            "array" => new JsonArray([.. Enumerable.Range(0, (int?)schema["minItems"] ?? 0).Select(_ => Valid(schema["items"]!))]),
            "boolean" => true,
            "integer" or "number" => schema["examples"]?[0]!.DeepClone() ?? schema["minimum"]?.DeepClone() ?? 1,
            _ when (string?)schema["format"] == "uuid" => Guid.NewGuid().ToString(),
            _ when (string?)schema["format"] == "email" => School.UniqueEmail(),
            _ => schema["examples"]?[0]!.DeepClone() ?? new string('x', (int?)schema["minLength"] ?? 1),
        };
    }

    private JsonNode ValidObject(JsonNode schema)
    {
        if (schema["examples"] is JsonArray examples)
            return examples[0]!.DeepClone();
        var value = new JsonObject();
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            if (IsRequired(schema, name) && (string?)property!["format"] != "binary")
                value[name] = Valid(property);
        }

        return value;
    }

    private static string Text(JsonNode schema, int length)
    {
        var (start, end) = (string?)schema["format"] switch
        {
            "email" => ("", "@" + string.Join('.', Enumerable.Repeat(new string('d', 60), 3)) + ".test"),
            "uri" => ((string)schema["examples"]![0]!, ""),
            _ => ("", ""),
        };
        return start.Length + end.Length > length ? new string('x', length) : start + new string('x', length - start.Length - end.Length) + end;
    }

    private static JsonNode Number(JsonNode bound, int step = 0) => JsonNode.Parse((decimal.Parse(bound.ToJsonString(), CultureInfo.InvariantCulture) + step).ToString(CultureInfo.InvariantCulture))!;

    private JsonNode? Resolve(JsonNode? schema) => schema switch
    {
        { } own when own["$ref"] is { } reference => document["components"]!["schemas"]![((string)reference!).Split('/')[^1]],
        { } own when own["oneOf"] is JsonArray choices => Resolve(choices[0]),
        _ => schema,
    };

    private static string? TypeOf(JsonNode schema) => schema["type"] is JsonArray types ? types.Select(type => (string)type!).First(type => type != "null") : (string?)schema["type"];

    private static bool IsRequired(JsonNode schema, string name) => schema["required"]?.AsArray().Any(required => (string)required! == name) ?? false;

    private static JsonObject At(JsonObject body, string prefix) =>
        prefix.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(body, (parent, name) => (JsonObject)parent[name]!);

    private static JsonObject With(JsonObject body, string path, JsonNode value)
    {
        var names = path.Split('.');
        At(body, string.Join('.', names[..^1]))[names[^1]] = value;
        return body;
    }

    private string UrlOf(string path, List<Parameter> parameters, Dictionary<string, string?> given)
    {
        var query = new List<string>();
        foreach (var parameter in parameters)
        {
            var value = given.TryGetValue(parameter.Name, out var own) ? own : parameter.IsRequired ? Valid(parameter.Schema).ToString() : null;
            if (parameter.IsPath)
                path = path.Replace($"{{{parameter.Name}}}", Uri.EscapeDataString(value!));
            else if (value is not null)
                query.Add($"{parameter.Name}={Uri.EscapeDataString(value)}");
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    private sealed record Change(JsonNode? Value, bool IsBeyond, string What);

    private sealed record Parameter(string Name, bool IsPath, bool IsRequired, JsonNode Schema);
}

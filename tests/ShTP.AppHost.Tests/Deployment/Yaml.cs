using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ShTP.AppHost.Tests.Deployment;

/// <summary>YAML as JSON: anchors are followed, and <c>&lt;&lt;</c> is merged.</summary>
internal static class Yaml
{
    /// <summary>The documents with every scalar as a string.</summary>
    public static IEnumerable<JsonObject> Documents(string text) => Read(text, isTyped: false);

    /// <summary>The documents with numbers and truth values as such.</summary>
    public static IEnumerable<JsonObject> TypedDocuments(string text) => Read(text, isTyped: true);

    private static IEnumerable<JsonObject> Read(string text, bool isTyped)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Select(document => Convert(document.RootNode, isTyped)).OfType<JsonObject>();
    }

    private static JsonNode? Convert(YamlNode node, bool isTyped) => node switch
    {
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } truth when isTyped => JsonValue.Create(truth.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when isTyped && long.TryParse(scalar.Value, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value ?? ""),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(entry => Convert(entry, isTyped))]),
        YamlMappingNode mapping => Convert(mapping, isTyped),
        _ => throw new InvalidDataException($"Line {node.Start.Line} is not understood."),
    };

    private static JsonObject Convert(YamlMappingNode mapping, bool isTyped)
    {
        const string merge = "<<";
        var all = new JsonObject();
        foreach (var (key, value) in mapping.OrderByDescending(entry => ((YamlScalarNode)entry.Key).Value == merge))
        {
            if (((YamlScalarNode)key).Value is not { } name)
                throw new InvalidDataException($"Line {key.Start.Line} has no key.");
            if (name == merge)
                foreach (var (inherited, content) in Convert((YamlMappingNode)value, isTyped))
                    all[inherited] = content?.DeepClone();
            else
                all[name] = Convert(value, isTyped);
        }

        return all;
    }
}

using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace ShTP.AppHost.Tests.Deployment;

/// <summary>YAML as JSON: every scalar is a string, anchors are followed, and <c>&lt;&lt;</c> is merged.</summary>
internal static class Yaml
{
    public static IEnumerable<JsonObject> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Select(document => Convert(document.RootNode)).OfType<JsonObject>();
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlScalarNode scalar => JsonValue.Create(scalar.Value ?? ""),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Convert)]),
        YamlMappingNode mapping => Convert(mapping),
        _ => throw new InvalidDataException($"Line {node.Start.Line} is not understood."),
    };

    private static JsonObject Convert(YamlMappingNode mapping)
    {
        const string merge = "<<";
        var all = new JsonObject();
        foreach (var (key, value) in mapping.OrderByDescending(entry => ((YamlScalarNode)entry.Key).Value == merge))
        {
            if (((YamlScalarNode)key).Value is not { } name)
                throw new InvalidDataException($"Line {key.Start.Line} has no key.");
            if (name == merge)
                foreach (var (inherited, content) in Convert((YamlMappingNode)value))
                    all[inherited] = content?.DeepClone();
            else
                all[name] = Convert(value);
        }

        return all;
    }
}

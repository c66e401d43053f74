using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Catalog;

/// <summary>The query parameters of a rule: every field that one text can set and that is not set by path or body.</summary>
internal static class QueryNames
{
    // Messages may be recursive; deeper names are not useful in a query.
    private const int DeepestName = 4;

    internal static FrozenDictionary<string, FieldPath> Of(MessagePlan input, FieldPlan? bodyField, IReadOnlyList<PathBinding> paths)
    {
        var names = new Dictionary<string, FieldPath>();
        var taken = paths.Select(binding => binding.Field.Name).ToHashSet();
        Add(input, proto: "", json: "", depth: 1);
        return names.ToFrozenDictionary();

        void Add(MessagePlan message, string proto, string json, int depth)
        {
            foreach (var field in message.Fields)
            {
                var name = json + field.JsonName;
                if (field == bodyField || taken.Contains(name))
                    continue;
                if (FieldPath.TakesText(field))
                {
                    var path = FieldPath.Parse(input, name);
                    names.TryAdd(proto + field.Descriptor.Name, path);
                    // A JSON name has priority over another field's proto name.
                    names[name] = path;
                }
                else if (field is { Type: FieldType.Message, IsRepeated: false } && field.Message.WellKnown == WellKnownType.None && depth < DeepestName)
                {
                    Add(field.Message, proto + field.Descriptor.Name + ".", name + ".", depth + 1);
                }
            }
        }
    }
}

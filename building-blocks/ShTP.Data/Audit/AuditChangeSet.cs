using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ShTP.Data.Audit;

/// <summary>Values before and after, each a JSON object of bounded size.</summary>
internal sealed class AuditChangeSet
{
    /// <summary>Bytes of each side.</summary>
    public const int MaxBytes = 4096;

    private const int MaxObjects = 20;
    private const int MaxText = 200;
    private const string More = "more";

    // Names of pupils are to be read in the database too.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Kind, string Id, JsonObject? Before, JsonObject? After)> _objects = [];
    private readonly HashSet<Guid> _subjects = [];
    private int _more;

    public bool IsEmpty => _objects.Count == 0;

    public IEnumerable<Guid> Subjects => _subjects;

    /// <summary>The first object that was changed.</summary>
    public (string Kind, string Id)? First => IsEmpty ? null : (_objects[0].Kind, _objects[0].Id);

    public void Add(string kind, string id, JsonObject? before, JsonObject? after)
    {
        if (_objects.Count < MaxObjects)
            _objects.Add((kind, id, before, after));
        else
            _more++;
    }

    public void AddSubject(Guid user) => _subjects.Add(user);

    public void Add(AuditChangeSet other)
    {
        foreach (var (kind, id, before, after) in other._objects)
            Add(kind, id, before, after);
        _more += other._more;
        _subjects.UnionWith(other._subjects);
    }

    public (string? Before, string? After) Write() => (Write(one => one.Before), Write(one => one.After));

    /// <summary>A JSON object as it is kept: no longer than the bound, or without what it says.</summary>
    public static string Write(JsonObject values)
    {
        var text = values.ToJsonString(Plain);
        return Encoding.UTF8.GetByteCount(text) <= MaxBytes ? text : new JsonObject { [More] = values.Count }.ToJsonString(Plain);
    }

    /// <summary>A text of bounded length.</summary>
    public static string Cut(string text)
    {
        if (text.Length <= MaxText)
            return text;
        var length = char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText;
        return $"{text[..length]}…";
    }

    private string? Write(Func<(string Kind, string Id, JsonObject? Before, JsonObject? After), JsonObject?> side)
    {
        var values = _objects.Where(one => side(one) is not null).ToList();
        for (var count = values.Count; count > 0; count--)
        {
            var all = new JsonObject();
            foreach (var one in values.Take(count))
                all[$"{one.Kind} {one.Id}"] = side(one)!.DeepClone();
            if (values.Count - count + _more is > 0 and var left)
                all[More] = left;
            var text = all.ToJsonString(Plain);
            if (Encoding.UTF8.GetByteCount(text) <= MaxBytes)
                return text;
        }

        return values.Count == 0 ? null : new JsonObject { [More] = values.Count + _more }.ToJsonString(Plain);
    }
}

using System.Globalization;

namespace ShTP.Transcoding.Catalog;

/// <summary>A variable of a <see cref="PathTemplate"/>: the field that it sets and the segments that it is joined from.</summary>
public sealed class TemplateVariable
{
    private readonly (string? Literal, string Parameter)[] _parts;
    private readonly bool _isOneSegment;

    internal TemplateVariable(string field, IReadOnlyList<TemplateSegment> segments, int firstParameter)
    {
        Field = field;
        _isOneSegment = segments is [{ Kind: TemplateSegmentKind.One }];
        _parts = [.. segments.Select(segment => segment.Kind == TemplateSegmentKind.Literal
            ? (segment.Literal, "")
            : ((string?)null, string.Create(CultureInfo.InvariantCulture, $"p{firstParameter++}")))];
    }

    /// <summary>The dotted path of the field.</summary>
    public string Field { get; }

    /// <summary>The value in a matched route. Routing has decoded the text except for %2F, which a single segment may hold.</summary>
    public string Read(RouteValueDictionary values)
    {
        if (_isOneSegment)
            return Text(values, _parts[0].Parameter).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return string.Join('/', _parts.Select(part => part.Literal ?? Text(values, part.Parameter)));
    }

    private static string Text(RouteValueDictionary values, string parameter) =>
        values.TryGetValue(parameter, out var value) ? value as string ?? "" : "";
}

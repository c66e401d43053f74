using System.Text;

namespace ShTP.Transcoding.Catalog;

/// <summary>
/// A path of google.api.http (google/api/http.proto), turned into the route pattern of ASP.NET Core and YARP.
/// <code>
/// Template = "/" Segments [ Verb ] ;
/// Segments = Segment { "/" Segment } ;
/// Segment  = "*" | "**" | LITERAL | Variable ;
/// Variable = "{" FieldPath [ "=" Segments ] "}" ;
/// FieldPath = IDENT { "." IDENT } ;
/// Verb     = ":" LITERAL ;
/// </code>
/// </summary>
public sealed class PathTemplate
{
    internal PathTemplate(string text, IReadOnlyList<TemplateSegment> segments, string? verb, IReadOnlyList<TemplateVariable> variables)
    {
        Text = text;
        Verb = verb;
        Variables = variables;
        RoutePattern = Join(segments, verb, static (segment, index) => segment.Kind switch
        {
            TemplateSegmentKind.One => $"{{p{index}}}",
            TemplateSegmentKind.Rest => $"{{**p{index}}}",
            _ => segment.Literal,
        });
        // Routing compares literals without case and parameters by place.
        Shape = Join(segments, verb, static (segment, _) => segment.Kind switch
        {
            TemplateSegmentKind.One => "*",
            TemplateSegmentKind.Rest => "**",
            _ => segment.Literal.ToLowerInvariant(),
        });
    }

    /// <summary>The template as written.</summary>
    public string Text { get; }

    /// <summary>The same for ASP.NET Core, with parameters <c>p0</c>, <c>p1</c>, ... for the wildcards in order.</summary>
    public string RoutePattern { get; }

    /// <summary>Equal for two templates exactly when they match the same paths.</summary>
    public string Shape { get; }

    /// <summary>What follows the last colon, or null.</summary>
    public string? Verb { get; }

    /// <summary>The variables in order.</summary>
    public IReadOnlyList<TemplateVariable> Variables { get; }

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">The message has one phrase with the fault and its position.</exception>
    public static PathTemplate Parse(string text) => new PathTemplateParser(text).Parse();

    private static string Join(IReadOnlyList<TemplateSegment> segments, string? verb, Func<TemplateSegment, int, string> spell)
    {
        var result = new StringBuilder();
        var index = 0;
        foreach (var segment in segments)
        {
            result.Append('/').Append(spell(segment, index));
            if (segment.Kind != TemplateSegmentKind.Literal)
                index++;
        }

        if (verb is not null)
            result.Append(':').Append(verb);
        return result.ToString();
    }
}

internal enum TemplateSegmentKind
{
    Literal,
    One,
    Rest,
}

internal sealed record TemplateSegment(TemplateSegmentKind Kind, string Literal = "");

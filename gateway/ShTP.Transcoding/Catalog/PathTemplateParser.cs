namespace ShTP.Transcoding.Catalog;

internal sealed class PathTemplateParser(string text)
{
    private readonly List<TemplateSegment> segments = [];
    private readonly List<TemplateVariable> variables = [];
    private int position;
    private int parameters;

    internal PathTemplate Parse()
    {
        Expect('/');
        do
            ReadSegment();
        while (Take('/'));
        string? verb = null;
        if (Take(':'))
            verb = ReadLiteral();
        if (position < text.Length)
            throw Fault($"'{text[position]}' is not expected");
        if (segments.SkipLast(1).Any(segment => segment.Kind == TemplateSegmentKind.Rest))
            throw new FormatException("'**' must be the last segment");
        if (verb is not null && segments[^1].Kind == TemplateSegmentKind.Rest)
            throw new FormatException("a verb cannot follow '**'");
        return new PathTemplate(text, segments, verb, variables);
    }

    private void ReadSegment()
    {
        if (Take('{'))
            ReadVariable();
        else
            segments.Add(ReadSimpleSegment());
    }

    private TemplateSegment ReadSimpleSegment()
    {
        if (!Take('*'))
            return new TemplateSegment(TemplateSegmentKind.Literal, ReadLiteral());
        var rest = Take('*');
        parameters++;
        return new TemplateSegment(rest ? TemplateSegmentKind.Rest : TemplateSegmentKind.One);
    }

    private void ReadVariable()
    {
        var field = ReadIdentifier();
        while (Take('.'))
            field += "." + ReadIdentifier();
        if (variables.Any(variable => variable.Field == field))
            throw Fault($"the variable '{field}' stands twice");
        var first = segments.Count;
        var firstParameter = parameters;
        if (Take('='))
        {
            do
            {
                if (Peek() == '{')
                    throw Fault("variables do not nest");
                segments.Add(ReadSimpleSegment());
            }
            while (Take('/'));
        }
        else
        {
            parameters++;
            segments.Add(new TemplateSegment(TemplateSegmentKind.One));
        }

        Expect('}');
        if (parameters == firstParameter)
            throw Fault($"the variable '{field}' has no wildcard");
        variables.Add(new TemplateVariable(field, segments[first..], firstParameter));
    }

    private string ReadIdentifier()
    {
        var start = position;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
            position++;
        return position > start && !char.IsAsciiDigit(text[start]) ? text[start..position] : throw Fault("a field name is expected");
    }

    /// <summary>Unreserved characters of RFC 3986 and some more that routing does not interpret.</summary>
    private string ReadLiteral()
    {
        var start = position;
        while (char.IsAsciiLetterOrDigit(Peek()) || (Peek() != '\0' && "-._~!$&'()+,;@".Contains(Peek(), StringComparison.Ordinal)))
            position++;
        return position > start ? text[start..position] : throw Fault("a segment is expected");
    }

    private char Peek() => position < text.Length ? text[position] : '\0';

    private bool Take(char expected)
    {
        if (Peek() != expected)
            return false;
        position++;
        return true;
    }

    private void Expect(char expected)
    {
        if (!Take(expected))
            throw Fault($"'{expected}' is expected");
    }

    private FormatException Fault(string detail) => new($"{detail} at character {position + 1}");
}

namespace ShTP.Transcoding.Catalog;

internal sealed class PathTemplateParser(string text)
{
    private readonly List<TemplateSegment> _segments = [];
    private readonly List<TemplateVariable> _variables = [];
    private int _position;
    private int _parameters;

    internal PathTemplate Parse()
    {
        Expect('/');
        do
            ReadSegment();
        while (Take('/'));
        string? verb = null;
        if (Take(':'))
            verb = ReadLiteral();
        if (_position < text.Length)
            throw Fault($"'{text[_position]}' is not expected");
        if (_segments.SkipLast(1).Any(segment => segment.Kind == TemplateSegmentKind.Rest))
            throw new FormatException("'**' must be the last segment");
        if (verb is not null && _segments[^1].Kind == TemplateSegmentKind.Rest)
            throw new FormatException("a verb cannot follow '**'");
        return new PathTemplate(text, _segments, verb, _variables);
    }

    private void ReadSegment()
    {
        if (Take('{'))
            ReadVariable();
        else
            _segments.Add(ReadSimpleSegment());
    }

    private TemplateSegment ReadSimpleSegment()
    {
        if (!Take('*'))
            return new TemplateSegment(TemplateSegmentKind.Literal, ReadLiteral());
        var rest = Take('*');
        _parameters++;
        return new TemplateSegment(rest ? TemplateSegmentKind.Rest : TemplateSegmentKind.One);
    }

    private void ReadVariable()
    {
        var field = ReadIdentifier();
        while (Take('.'))
            field += "." + ReadIdentifier();
        if (_variables.Any(variable => variable.Field == field))
            throw Fault($"the variable '{field}' stands twice");
        var first = _segments.Count;
        var firstParameter = _parameters;
        if (Take('='))
        {
            do
            {
                if (Peek() == '{')
                    throw Fault("variables do not nest");
                _segments.Add(ReadSimpleSegment());
            }
            while (Take('/'));
        }
        else
        {
            _parameters++;
            _segments.Add(new TemplateSegment(TemplateSegmentKind.One));
        }

        Expect('}');
        if (_parameters == firstParameter)
            throw Fault($"the variable '{field}' has no wildcard");
        _variables.Add(new TemplateVariable(field, _segments[first..], firstParameter));
    }

    private string ReadIdentifier()
    {
        var start = _position;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
            _position++;
        return _position > start && !char.IsAsciiDigit(text[start]) ? text[start.._position] : throw Fault("a field name is expected");
    }

    /// <summary>Unreserved characters of RFC 3986 and some more that routing does not interpret.</summary>
    private string ReadLiteral()
    {
        var start = _position;
        while (char.IsAsciiLetterOrDigit(Peek()) || (Peek() != '\0' && "-._~!$&'()+,;@".Contains(Peek(), StringComparison.Ordinal)))
            _position++;
        return _position > start ? text[start.._position] : throw Fault("a segment is expected");
    }

    private char Peek() => _position < text.Length ? text[_position] : '\0';

    private bool Take(char expected)
    {
        if (Peek() != expected)
            return false;
        _position++;
        return true;
    }

    private void Expect(char expected)
    {
        if (!Take(expected))
            throw Fault($"'{expected}' is expected");
    }

    private FormatException Fault(string detail) => new($"{detail} at character {_position + 1}");
}

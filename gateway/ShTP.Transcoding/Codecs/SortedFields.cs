namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Index of the fields of one message, independent of their order: values in order of arrival, and for each oneof only
/// the last member.
/// </summary>
internal sealed class SortedFields
{
    private readonly List<Occurrence> _occurrences = [];
    private readonly int[] _first;
    private readonly int[] _last;

    internal SortedFields(ReadOnlySpan<byte> wire, MessagePlan plan)
    {
        _first = new int[plan.FieldArray.Length];
        _last = new int[plan.FieldArray.Length];
        Array.Fill(_first, -1);
        var members = new Dictionary<int, FieldPlan>();
        var reader = new WireReader(wire);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            var start = reader.Position;
            reader.Skip(tag);
            if (plan.FindField(tag >> WireTypes.Bits) is not { } field || !JsonEmitter.Accepts(field, tag))
                continue;
            if (field.OneofIndex >= 0)
            {
                if (members.TryGetValue(field.OneofIndex, out var before) && before != field)
                    _first[before.Index] = -1;
                members[field.OneofIndex] = field;
            }

            Append(field.Index, new Occurrence(tag, start));
        }
    }

    /// <summary>The first value of a field, or -1.</summary>
    internal int First(FieldPlan field) => _first[field.Index];

    /// <summary>The value that follows another of the same field, or -1.</summary>
    internal int Next(int at) => _occurrences[at].Next;

    internal int Last(FieldPlan field) => _first[field.Index] < 0 ? -1 : _last[field.Index];

    internal uint Tag(int at) => _occurrences[at].Tag;

    /// <summary>A reader positioned before the value.</summary>
    internal WireReader Reader(int at, ReadOnlySpan<byte> wire) => new(wire) { Position = _occurrences[at].Start };

    internal ReadOnlySpan<byte> Delimited(int at, ReadOnlySpan<byte> wire) => Reader(at, wire).ReadDelimited();

    private void Append(int field, Occurrence occurrence)
    {
        if (_first[field] < 0)
            _first[field] = _occurrences.Count;
        else
            _occurrences[_last[field]] = _occurrences[_last[field]] with { Next = _occurrences.Count };
        _last[field] = _occurrences.Count;
        _occurrences.Add(occurrence);
    }

    private readonly record struct Occurrence(uint Tag, int Start, int Next = -1);
}

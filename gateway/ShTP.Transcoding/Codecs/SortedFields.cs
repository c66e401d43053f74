namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Index of the fields of one message, independent of their order: values in order of arrival, and for each oneof only
/// the last member.
/// </summary>
internal sealed class SortedFields
{
    private readonly List<Occurrence> occurrences = [];
    private readonly int[] first;
    private readonly int[] last;

    internal SortedFields(ReadOnlySpan<byte> wire, MessagePlan plan)
    {
        first = new int[plan.FieldArray.Length];
        last = new int[plan.FieldArray.Length];
        Array.Fill(first, -1);
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
                    first[before.Index] = -1;
                members[field.OneofIndex] = field;
            }

            Append(field.Index, new Occurrence(tag, start));
        }
    }

    /// <summary>The first value of a field, or -1.</summary>
    internal int First(FieldPlan field) => first[field.Index];

    /// <summary>The value that follows another of the same field, or -1.</summary>
    internal int Next(int at) => occurrences[at].Next;

    internal int Last(FieldPlan field) => first[field.Index] < 0 ? -1 : last[field.Index];

    internal uint Tag(int at) => occurrences[at].Tag;

    /// <summary>A reader positioned before the value.</summary>
    internal WireReader Reader(int at, ReadOnlySpan<byte> wire) => new(wire) { Position = occurrences[at].Start };

    internal ReadOnlySpan<byte> Delimited(int at, ReadOnlySpan<byte> wire) => Reader(at, wire).ReadDelimited();

    private void Append(int field, Occurrence occurrence)
    {
        if (first[field] < 0)
            first[field] = occurrences.Count;
        else
            occurrences[last[field]] = occurrences[last[field]] with { Next = occurrences.Count };
        last[field] = occurrences.Count;
        occurrences.Add(occurrence);
    }

    private readonly record struct Occurrence(uint Tag, int Start, int Next = -1);
}

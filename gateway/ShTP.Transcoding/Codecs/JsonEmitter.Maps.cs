using System.Text;
using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

// Maps: repeated messages of key (1) and value (2), either of which may be left out when it is the default.
internal ref partial struct JsonEmitter
{
    private void WriteMap(ref WireReader reader, uint tag, FieldPlan field, int depthLeft)
    {
        var start = output.WrittenCount;
        using var keys = new WrittenKeys(output);
        do
        {
            output.WriteByte((byte)',');
            var keyStart = output.WrittenCount;
            var entry = reader.ReadDelimited();
            WriteKey(entry, field.Key);
            if (!keys.TryAdd(keyStart))
            {
                IsOutOfOrder = true;
                return;
            }

            output.WriteByte((byte)':');
            WriteEntryValue(entry, field.Value, depthLeft);
        }
        while (reader.TryReadTag(tag));
        Close(start);
    }

    private bool WriteSortedMap(SortedFields fields, ReadOnlySpan<byte> wire, FieldPlan field, int depthLeft)
    {
        // The place of a key is that of its first entry, its value that of its last, as in Google's MapField.
        var places = new Dictionary<string, int>();
        var entries = new List<int>();
        var start = output.WrittenCount;
        for (var at = fields.First(field); at >= 0; at = fields.Next(at))
        {
            WriteKey(fields.Delimited(at, wire), field.Key);
            var key = Encoding.UTF8.GetString(output.WrittenSpan[start..]);
            output.Truncate(start);
            if (places.TryAdd(key, entries.Count))
                entries.Add(at);
            else
                entries[places[key]] = at;
        }

        foreach (var at in entries)
        {
            output.WriteByte((byte)',');
            var entry = fields.Delimited(at, wire);
            WriteKey(entry, field.Key);
            output.WriteByte((byte)':');
            WriteEntryValue(entry, field.Value, depthLeft);
        }

        if (entries.Count > 0)
            Close(start);
        return entries.Count > 0;
    }

    private void WriteKey(ReadOnlySpan<byte> entry, FieldPlan key)
    {
        var reader = new WireReader(entry);
        var start = output.WrittenCount;
        if (!SeekLast(ref reader, key))
            output.WriteBytes(Encoding.UTF8.GetBytes(key.DefaultJson()));
        else
            WriteValue(ref reader, key, depthLeft: 1);
        if (output.WrittenSpan[start] == '"')
            return;
        // JSON has string keys only.
        var length = output.WrittenCount - start;
        output.WriteBytes("\"\""u8);
        output.Written.Slice(start, length).CopyTo(output.Written[(start + 1)..]);
        output.Written[start] = (byte)'"';
        output.Written[^1] = (byte)'"';
    }

    private void WriteEntryValue(ReadOnlySpan<byte> entry, FieldPlan value, int depthLeft)
    {
        var reader = new WireReader(entry);
        if (SeekLast(ref reader, value))
            WriteValue(ref reader, value, depthLeft);
        else if (value.Type == FieldType.Message)
            WriteMessage([], value.Message, depthLeft - 1);
        else
            output.WriteBytes(Encoding.UTF8.GetBytes(value.DefaultJson()));
    }

    /// <summary>Moves to the last value of a field; every tag and length on the way is checked.</summary>
    private static bool SeekLast(ref WireReader reader, FieldPlan field)
    {
        var last = -1;
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (tag == field.ElementTag)
                last = reader.Position;
            reader.Skip(tag);
        }

        if (last < 0)
            return false;
        reader.Position = last;
        return true;
    }
}

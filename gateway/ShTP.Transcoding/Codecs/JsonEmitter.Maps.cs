using System.Text;
using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

// Maps: repeated messages of key (1) and value (2), either of which may be left out when it is the default.
internal ref partial struct JsonEmitter
{
    private void WriteMap(ref WireReader reader, uint tag, FieldPlan field, int depthLeft)
    {
        var start = _output.WrittenCount;
        using var keys = new WrittenKeys(_output);
        do
        {
            _output.WriteByte((byte)',');
            var keyStart = _output.WrittenCount;
            var entry = reader.ReadDelimited();
            WriteKey(entry, field.Key);
            if (!keys.TryAdd(keyStart))
            {
                IsOutOfOrder = true;
                return;
            }

            _output.WriteByte((byte)':');
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
        var start = _output.WrittenCount;
        for (var at = fields.First(field); at >= 0; at = fields.Next(at))
        {
            WriteKey(fields.Delimited(at, wire), field.Key);
            var key = Encoding.UTF8.GetString(_output.WrittenSpan[start..]);
            _output.Truncate(start);
            if (places.TryAdd(key, entries.Count))
                entries.Add(at);
            else
                entries[places[key]] = at;
        }

        foreach (var at in entries)
        {
            _output.WriteByte((byte)',');
            var entry = fields.Delimited(at, wire);
            WriteKey(entry, field.Key);
            _output.WriteByte((byte)':');
            WriteEntryValue(entry, field.Value, depthLeft);
        }

        if (entries.Count > 0)
            Close(start);
        return entries.Count > 0;
    }

    private void WriteKey(ReadOnlySpan<byte> entry, FieldPlan key)
    {
        var reader = new WireReader(entry);
        var start = _output.WrittenCount;
        if (!SeekLast(ref reader, key))
            _output.WriteBytes(Encoding.UTF8.GetBytes(key.DefaultJson()));
        else
            WriteValue(ref reader, key, depthLeft: 1);
        if (_output.WrittenSpan[start] == '"')
            return;
        // JSON has string keys only.
        var length = _output.WrittenCount - start;
        _output.WriteBytes("\"\""u8);
        _output.Written.Slice(start, length).CopyTo(_output.Written[(start + 1)..]);
        _output.Written[start] = (byte)'"';
        _output.Written[^1] = (byte)'"';
    }

    private void WriteEntryValue(ReadOnlySpan<byte> entry, FieldPlan value, int depthLeft)
    {
        var reader = new WireReader(entry);
        if (SeekLast(ref reader, value))
            WriteValue(ref reader, value, depthLeft);
        else if (value.Type == FieldType.Message)
            WriteMessage([], value.Message, depthLeft - 1);
        else
            _output.WriteBytes(Encoding.UTF8.GetBytes(value.DefaultJson()));
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

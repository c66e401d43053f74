using System.Text;

namespace ShTP.Transcoding.Codecs;

// Messages whose JSON is not an object of their fields.
internal ref partial struct JsonEmitter
{
    private void WriteWellKnown(ReadOnlySpan<byte> wire, MessagePlan plan, int depthLeft)
    {
        switch (plan.WellKnown)
        {
            case WellKnownType.Timestamp:
            case WellKnownType.Duration:
                WriteTime(wire, plan);
                break;
            case WellKnownType.FieldMask:
                WriteFieldMask(wire, plan.FieldArray[0]);
                break;
            case WellKnownType.Wrapper:
                WriteWrapper(wire, plan.FieldArray[0]);
                break;
            case WellKnownType.Struct:
            case WellKnownType.ListValue:
                WriteFieldOf(wire, plan.FieldArray[0], depthLeft);
                break;
            case WellKnownType.Value:
                WriteAnyValue(wire, plan, depthLeft);
                break;
            case WellKnownType.Any:
                WriteAny(wire, plan, depthLeft);
                break;
            default:
                new WireReader(wire).SkipAll();
                _output.WriteBytes("{}"u8);
                break;
        }
    }

    private readonly void WriteTime(ReadOnlySpan<byte> wire, MessagePlan plan)
    {
        var seconds = 0L;
        var nanos = 0;
        var reader = new WireReader(wire);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (tag == plan.FieldArray[0].ElementTag)
                seconds = (long)reader.ReadVarint();
            else if (tag == plan.FieldArray[1].ElementTag)
                nanos = (int)reader.ReadVarint();
            else
                reader.Skip(tag);
        }

        if (plan.WellKnown == WellKnownType.Timestamp)
            TimestampText.Write(seconds, nanos, _output);
        else
            DurationText.Write(seconds, nanos, _output);
    }

    private readonly void WriteFieldMask(ReadOnlySpan<byte> wire, FieldPlan paths)
    {
        using var mask = new PooledBuffer();
        var reader = new WireReader(wire);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (tag != paths.ElementTag)
            {
                reader.Skip(tag);
                continue;
            }

            if (mask.WrittenCount > 0)
                mask.WriteByte((byte)',');
            if (!FieldMaskText.TryWriteCamel(reader.ReadDelimited(), mask))
                throw WireReader.Malformed("a path of a field mask has no JSON");
        }

        JsonText.WriteString(mask.WrittenSpan, _output);
    }

    private void WriteWrapper(ReadOnlySpan<byte> wire, FieldPlan value)
    {
        var reader = new WireReader(wire);
        if (SeekLast(ref reader, value))
            WriteValue(ref reader, value, depthLeft: 1);
        else
            _output.WriteBytes(Encoding.UTF8.GetBytes(value.DefaultJson()));
    }

    private void WriteAnyValue(ReadOnlySpan<byte> wire, MessagePlan plan, int depthLeft)
    {
        if (_sorted)
        {
            var fields = new SortedFields(wire, plan);
            foreach (var kind in plan.FieldArray)
            {
                if (WriteSortedField(fields, wire, kind, depthLeft))
                    return;
            }

            _output.WriteBytes("null"u8);
            return;
        }

        var reader = new WireReader(wire);
        var found = false;
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (plan.FindField(tag >> WireTypes.Bits) is not { } kind || kind.ElementTag != tag)
            {
                reader.Skip(tag);
                continue;
            }

            if (found)
            {
                IsOutOfOrder = true;
                return;
            }

            found = true;
            WriteValue(ref reader, kind, depthLeft);
        }

        if (!found)
            _output.WriteBytes("null"u8);
    }

    private void WriteAny(ReadOnlySpan<byte> wire, MessagePlan plan, int depthLeft)
    {
        var reader = new WireReader(wire);
        ReadOnlySpan<byte> url = [], value = [];
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (tag == plan.FieldArray[0].ElementTag)
                url = reader.ReadDelimited();
            else if (tag == plan.FieldArray[1].ElementTag)
                value = reader.ReadDelimited();
            else
                reader.Skip(tag);
        }

        if (url.IsEmpty && value.IsEmpty)
        {
            _output.WriteBytes("{}"u8);
            return;
        }

        var type = plan.Plans.Find(Encoding.UTF8.GetString(url)) ?? throw WireReader.Malformed("an Any holds a type that the contract does not have");
        _output.WriteBytes("{\"@type\":"u8);
        JsonText.WriteString(url, _output);
        if (type.WellKnown is WellKnownType.None)
        {
            WriteMembers(value, type, depthLeft - 1);
        }
        else
        {
            _output.WriteBytes(",\"value\":"u8);
            WriteMessage(value, type, depthLeft - 1);
        }

        _output.WriteByte((byte)'}');
    }
}

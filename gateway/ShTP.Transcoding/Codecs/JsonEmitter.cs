using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// One attempt at the JSON of a message. Members are written with a leading comma, and the first comma of an object
/// becomes its brace.
/// </summary>
internal ref partial struct JsonEmitter
{
    private readonly PooledBuffer _output;
    private readonly bool _sorted;

    internal JsonEmitter(PooledBuffer output, bool sorted)
    {
        _output = output;
        _sorted = sorted;
    }

    /// <summary>The first attempt failed, so its output is discarded.</summary>
    internal bool IsOutOfOrder { get; private set; }

    internal void WriteMessage(ReadOnlySpan<byte> wire, MessagePlan plan, int depthLeft)
    {
        if (depthLeft <= 0)
            throw WireReader.TooDeep();
        if (plan.WellKnown != WellKnownType.None)
        {
            WriteWellKnown(wire, plan, depthLeft);
            return;
        }

        var start = _output.WrittenCount;
        WriteMembers(wire, plan, depthLeft);
        Close(start);
    }

    /// <summary>Writes only the field's value, for <c>response_body</c>.</summary>
    internal void WriteFieldOf(ReadOnlySpan<byte> wire, FieldPlan field, int depthLeft)
    {
        var found = _sorted
            ? WriteSortedField(new SortedFields(wire, field.Parent), wire, field, depthLeft)
            : WriteOrderedField(wire, field, depthLeft);
        if (!found)
            _output.WriteBytes(field.OneofIndex >= 0 ? "null"u8 : field.AbsentMember.AsSpan(field.Member.Length));
    }

    private bool WriteOrderedField(ReadOnlySpan<byte> wire, FieldPlan field, int depthLeft)
    {
        var reader = new WireReader(wire);
        var found = false;
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (tag >> WireTypes.Bits == field.Number && Accepts(field, tag))
            {
                IsOutOfOrder |= found;
                found = true;
                WriteValues(ref reader, tag, field, depthLeft);
            }
            else
            {
                reader.Skip(tag);
                // A later member of the oneof wins.
                IsOutOfOrder |= field.OneofIndex >= 0
                    && field.Parent.FindField(tag >> WireTypes.Bits) is { } other && other.OneofIndex == field.OneofIndex;
            }
        }

        return found;
    }

    private void WriteMembers(ReadOnlySpan<byte> wire, MessagePlan plan, int depthLeft)
    {
        if (_sorted)
        {
            WriteSortedMembers(wire, plan, depthLeft);
            return;
        }

        var fields = plan.FieldArray;
        var next = 0;
        var oneofs = 0ul;
        var reader = new WireReader(wire);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            var field = (uint)next < (uint)fields.Length && fields[next].Tag == tag ? fields[next] : plan.FindField(tag >> WireTypes.Bits);
            if (field is null || !Accepts(field, tag))
            {
                reader.Skip(tag);
                continue;
            }

            if (field.Index < next || IsSecondOfOneof(field, ref oneofs))
            {
                IsOutOfOrder = true;
                return;
            }

            if (field.Index > next)
                _output.WriteBytes(plan.Absent(next, field.Index));
            next = field.Index + 1;
            _output.WriteBytes(field.Member);
            WriteValues(ref reader, tag, field, depthLeft);
        }

        _output.WriteBytes(plan.Absent(next, fields.Length));
    }

    /// <summary>A field with another wire type than in the contract is unknown; packed and unpacked are both accepted.</summary>
    internal static bool Accepts(FieldPlan field, uint tag) =>
        tag == field.Tag || tag == field.ElementTag
        || (field.IsRepeated && field.WireType != WireTypes.Delimited && (tag & WireTypes.Mask) == WireTypes.Delimited);

    private static bool IsSecondOfOneof(FieldPlan field, ref ulong oneofs)
    {
        if (field.OneofIndex < 0)
            return false;
        var bit = 1ul << field.OneofIndex;
        var second = (oneofs & bit) != 0;
        oneofs |= bit;
        return second;
    }

    /// <summary>The value after a tag, and further elements that follow it when the field is repeated.</summary>
    private void WriteValues(ref WireReader reader, uint tag, FieldPlan field, int depthLeft)
    {
        if (field.IsMap)
            WriteMap(ref reader, tag, field, depthLeft);
        else if (field.IsRepeated)
            WriteArray(ref reader, tag, field, depthLeft);
        else
            WriteValue(ref reader, field, depthLeft);
    }

    private void WriteArray(ref WireReader reader, uint tag, FieldPlan field, int depthLeft)
    {
        var start = _output.WrittenCount;
        do
            WriteElements(ref reader, tag, field, depthLeft);
        while (reader.TryReadTag(tag));
        CloseArray(start);
    }

    private void WriteElements(ref WireReader reader, uint tag, FieldPlan field, int depthLeft)
    {
        if (tag == field.ElementTag)
        {
            _output.WriteByte((byte)',');
            WriteValue(ref reader, field, depthLeft);
            return;
        }

        var run = new WireReader(reader.ReadDelimited());
        while (!run.AtEnd)
        {
            _output.WriteByte((byte)',');
            WriteValue(ref run, field, depthLeft);
        }
    }

    private readonly void Close(int start)
    {
        if (_output.WrittenCount == start)
        {
            _output.WriteBytes("{}"u8);
            return;
        }

        _output.Written[start] = (byte)'{';
        _output.WriteByte((byte)'}');
    }

    private readonly void CloseArray(int start)
    {
        if (_output.WrittenCount == start)
        {
            _output.WriteBytes("[]"u8);
            return;
        }

        _output.Written[start] = (byte)'[';
        _output.WriteByte((byte)']');
    }

    private void WriteValue(ref WireReader reader, FieldPlan field, int depthLeft)
    {
        switch (field.Type)
        {
            case FieldType.String:
                JsonText.WriteString(reader.ReadDelimited(), _output);
                break;
            case FieldType.Message:
                WriteMessage(reader.ReadDelimited(), field.Message, depthLeft - 1);
                break;
            case FieldType.Bool:
                _output.WriteBytes(reader.ReadVarint() != 0 ? "true"u8 : "false"u8);
                break;
            case FieldType.Enum:
                field.Enum!.WriteJson((int)reader.ReadVarint(), _output);
                break;
            case FieldType.Bytes:
                JsonText.WriteBase64(reader.ReadDelimited(), _output);
                break;
            case FieldType.Double:
                JsonText.WriteDouble(BitConverter.UInt64BitsToDouble(reader.ReadFixed64()), _output);
                break;
            case FieldType.Float:
                JsonText.WriteFloat(BitConverter.UInt32BitsToSingle(reader.ReadFixed32()), _output);
                break;
            default:
                WriteInteger(ref reader, field.Type);
                break;
        }
    }

    private readonly void WriteInteger(ref WireReader reader, FieldType type)
    {
        switch (type)
        {
            case FieldType.Int32:
                JsonText.WriteInt32((int)reader.ReadVarint(), _output);
                break;
            case FieldType.UInt32:
                JsonText.WriteUInt32((uint)reader.ReadVarint(), _output);
                break;
            case FieldType.SInt32:
                var narrow = (uint)reader.ReadVarint();
                JsonText.WriteInt32((int)(narrow >> 1) ^ -(int)(narrow & 1), _output);
                break;
            case FieldType.Fixed32:
                JsonText.WriteUInt32(reader.ReadFixed32(), _output);
                break;
            case FieldType.SFixed32:
                JsonText.WriteInt32((int)reader.ReadFixed32(), _output);
                break;
            case FieldType.Int64:
                JsonText.WriteInt64((long)reader.ReadVarint(), _output);
                break;
            case FieldType.UInt64:
                JsonText.WriteUInt64(reader.ReadVarint(), _output);
                break;
            case FieldType.SInt64:
                var wide = reader.ReadVarint();
                JsonText.WriteInt64((long)(wide >> 1) ^ -(long)(wide & 1), _output);
                break;
            case FieldType.Fixed64:
                JsonText.WriteUInt64(reader.ReadFixed64(), _output);
                break;
            default:
                JsonText.WriteInt64((long)reader.ReadFixed64(), _output);
                break;
        }
    }
}

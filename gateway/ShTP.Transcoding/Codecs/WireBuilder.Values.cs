using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

// Single values, without their tags.
internal ref partial struct WireBuilder
{
    private void WriteValue(FieldPlan field)
    {
        var unit = cursor.Peek();
        switch (field.Type)
        {
            case FieldType.String:
                if (unit != '"')
                    throw WrongKind(ScalarText.Expected(FieldType.String));
                WriteString();
                break;
            case FieldType.Message:
                EnterMessage();
                var start = output.OpenLength();
                WriteMessage(field.Message);
                output.CloseLength(start);
                messagesLeft++;
                break;
            case FieldType.Bool:
                if (unit is not ((byte)'t' or (byte)'f'))
                    throw WrongKind(ScalarText.Expected(FieldType.Bool));
                output.WriteByte(cursor.ReadBoolean() ? (byte)1 : (byte)0);
                break;
            case FieldType.Enum:
                WriteEnum(unit, field.Enum!);
                break;
            default:
                WriteScalar(unit, field.Type);
                break;
        }
    }

    private void WriteString()
    {
        var text = cursor.ReadString(out var escaped);
        if (!escaped)
        {
            output.WriteDelimited(text);
            return;
        }

        var start = output.OpenLength();
        JsonCursor.Unescape(text, output);
        output.CloseLength(start);
    }

    /// <summary>A number, as such or as a string, or base64.</summary>
    private void WriteScalar(byte unit, FieldType type)
    {
        var place = cursor.Position;
        string? fault;
        if (unit == '"')
        {
            var text = cursor.ReadString(out var escaped);
            if (escaped)
            {
                using var plain = new PooledBuffer(text.Length);
                JsonCursor.Unescape(text, plain);
                fault = WriteScalarText(plain.WrittenSpan, type);
            }
            else
            {
                fault = WriteScalarText(text, type);
            }
        }
        else if (unit is (byte)'-' or (>= (byte)'0' and <= (byte)'9') && type != FieldType.Bytes)
        {
            fault = ScalarText.WriteNumber(cursor.ReadNumber(), type, output);
        }
        else
        {
            throw WrongKind(ScalarText.Expected(type));
        }

        if (fault is not null)
            throw FaultAt(place, fault);
    }

    private readonly string? WriteScalarText(ReadOnlySpan<byte> text, FieldType type)
    {
        if (type == FieldType.Bytes)
            return Base64Text.TryWriteDelimited(text, output) ? null : Base64Text.Expected;
        return ScalarText.WriteNumberText(text, type, output);
    }

    private void WriteEnum(byte unit, EnumPlan type)
    {
        var place = cursor.Position;
        var number = 0;
        bool known;
        if (unit == '"')
        {
            var text = cursor.ReadString(out var escaped);
            if (escaped)
            {
                using var plain = new PooledBuffer(text.Length);
                JsonCursor.Unescape(text, plain);
                known = type.TryParse(plain.WrittenSpan, out number);
            }
            else
            {
                known = type.TryParse(text, out number);
            }
        }
        else if (unit is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            known = ScalarText.TryInt32(cursor.ReadNumber(), out number) && type.IsKnown(number);
        }
        else
        {
            known = type.IsNullValue && cursor.TryReadNull();
            if (!known)
                throw WrongKind(ScalarText.Expected(type));
        }

        if (!known)
            throw FaultAt(place, ScalarText.Expected(type));
        output.WriteVarint((ulong)number);
    }

    /// <summary>A value of another kind than the field's. If it is not a JSON value at all, the document is malformed.</summary>
    private RequestFormatException WrongKind(string expected)
    {
        var fault = Fault(expected);
        cursor.SkipValue();
        return fault;
    }
}

using Google.Protobuf.Reflection;
using ShTP.Localization;

namespace ShTP.Transcoding.Codecs;

// Single values, without their tags.
internal ref partial struct WireBuilder
{
    private void WriteValue(FieldPlan field)
    {
        var unit = _cursor.Peek();
        switch (field.Type)
        {
            case FieldType.String:
                if (unit != '"')
                    throw WrongKind(ScalarText.Expected(FieldType.String));
                WriteString();
                break;
            case FieldType.Message:
                EnterMessage();
                var start = _output.OpenLength();
                WriteMessage(field.Message);
                _output.CloseLength(start);
                _messagesLeft++;
                break;
            case FieldType.Bool:
                if (unit is not ((byte)'t' or (byte)'f'))
                    throw WrongKind(ScalarText.Expected(FieldType.Bool));
                _output.WriteByte(_cursor.ReadBoolean() ? (byte)1 : (byte)0);
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
        var text = _cursor.ReadString(out var escaped);
        if (!escaped)
        {
            _output.WriteDelimited(text);
            return;
        }

        var start = _output.OpenLength();
        JsonCursor.Unescape(text, _output);
        _output.CloseLength(start);
    }

    /// <summary>A number, as such or as a string, or base64.</summary>
    private void WriteScalar(byte unit, FieldType type)
    {
        var place = _cursor.Position;
        LocalizedText? fault;
        if (unit == '"')
        {
            var text = _cursor.ReadString(out var escaped);
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
            fault = ScalarText.WriteNumber(_cursor.ReadNumber(), type, _output);
        }
        else
        {
            throw WrongKind(ScalarText.Expected(type));
        }

        if (fault is not null)
            throw FaultAt(place, fault);
    }

    private readonly LocalizedText? WriteScalarText(ReadOnlySpan<byte> text, FieldType type)
    {
        if (type == FieldType.Bytes)
            return Base64Text.TryWriteDelimited(text, _output) ? null : Base64Text.Expected;
        return ScalarText.WriteNumberText(text, type, _output);
    }

    private void WriteEnum(byte unit, EnumPlan type)
    {
        var place = _cursor.Position;
        var number = 0;
        bool known;
        if (unit == '"')
        {
            var text = _cursor.ReadString(out var escaped);
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
            known = ScalarText.TryInt32(_cursor.ReadNumber(), out number) && type.IsKnown(number);
        }
        else
        {
            known = type.IsNullValue && _cursor.TryReadNull();
            if (!known)
                throw WrongKind(ScalarText.Expected(type));
        }

        if (!known)
            throw FaultAt(place, ScalarText.Expected(type));
        _output.WriteVarint((ulong)number);
    }

    /// <summary>A value of another kind than the field's. If it is not a JSON value at all, the document is malformed.</summary>
    private RequestFormatException WrongKind(LocalizedText expected)
    {
        var fault = Fault(expected);
        _cursor.SkipValue();
        return fault;
    }
}

using System.Text;
using ShTP.Localization;

namespace ShTP.Transcoding.Codecs;

// Messages whose JSON is not an object of their fields.
internal ref partial struct WireBuilder
{
    private void WriteWellKnown(MessagePlan plan)
    {
        switch (plan.WellKnown)
        {
            case WellKnownType.Wrapper:
                if (_cursor.Peek() == 'n')
                    throw NullFault();
                _output.WriteVarint(plan.FieldArray[0].ElementTag);
                WriteValue(plan.FieldArray[0]);
                break;
            case WellKnownType.Struct:
                WriteMap(plan.FieldArray[0]);
                break;
            case WellKnownType.ListValue:
                WriteArray(plan.FieldArray[0]);
                break;
            case WellKnownType.Value:
                WriteAnyValue(plan);
                break;
            case WellKnownType.Any:
                WriteAny(plan);
                break;
            case WellKnownType.Empty:
                if (_cursor.Peek() != '{')
                    throw WrongKind("must be an object");
                _cursor.SkipValue();
                break;
            default:
                WriteTextMessage(plan.WellKnown);
                break;
        }
    }

    private void WriteTextMessage(WellKnownType type)
    {
        if (_cursor.Peek() != '"')
            throw WrongKind(type switch
            {
                WellKnownType.Timestamp => TimestampText.Expected,
                WellKnownType.Duration => DurationText.Expected,
                _ => FieldMaskText.Expected,
            });
        var place = _cursor.Position;
        var text = _cursor.ReadString(out var escaped);
        LocalizedText? fault;
        if (escaped)
        {
            using var plain = new PooledBuffer(text.Length);
            JsonCursor.Unescape(text, plain);
            fault = ScalarText.WriteMessageText(plain.WrittenSpan, type, _output);
        }
        else
        {
            fault = ScalarText.WriteMessageText(text, type, _output);
        }

        if (fault is not null)
            throw FaultAt(place, fault);
    }

    /// <summary>The kinds of google.protobuf.Value by their numbers: null 1, number 2, string 3, bool 4, struct 5, list 6.</summary>
    private void WriteAnyValue(MessagePlan plan)
    {
        var number = _cursor.Peek() switch
        {
            (byte)'n' => 1u,
            (byte)'"' => 3u,
            (byte)'t' or (byte)'f' => 4u,
            (byte)'{' => 5u,
            (byte)'[' => 6u,
            _ => 2u,
        };
        var kind = plan.FindField(number)!;
        _output.WriteVarint(kind.ElementTag);
        if (number == 2)
        {
            var place = _cursor.Position;
            if (ScalarText.WriteNumber(_cursor.ReadNumber(), kind.Type, _output) is { } fault)
                throw FaultAt(place, fault);
            return;
        }

        WriteValue(kind);
    }

    private void WriteAny(MessagePlan plan)
    {
        if (_cursor.Peek() != '{')
            throw WrongKind("must be an object");
        var place = _cursor.Position;
        if (FindTypeUrl() is not { } url)
        {
            _cursor.SkipValue();
            throw FaultAt(place, "must name its type in @type");
        }

        var type = plan.Plans.Find(url) ?? throw FaultAt(place, "names a type in @type that the contract does not have");
        plan.FieldArray[0].AppendDelimited(Encoding.UTF8.GetBytes(url), _output);
        _output.WriteVarint(plan.FieldArray[1].ElementTag);
        var start = _output.OpenLength();
        if (type.WellKnown == WellKnownType.None)
            WriteMembers(type, insideAny: true);
        else
            WriteAnyContent(type, place);
        _output.CloseLength(start);
    }

    /// <summary>A well-known type inside an Any is the member <c>value</c>.</summary>
    private void WriteAnyContent(MessagePlan type, int place)
    {
        var found = false;
        if (_cursor.Enter((byte)'}'))
        {
            do
            {
                if (_cursor.ReadName(out _).SequenceEqual("value"u8))
                {
                    if (found)
                        throw FaultAt(place, "has two members named value");
                    found = true;
                    WriteWellKnown(type);
                }
                else
                {
                    _cursor.SkipValue();
                }
            }
            while (_cursor.Next((byte)'}'));
        }

        if (!found)
            throw FaultAt(place, "must have a member named value");
    }

    private string? FindTypeUrl()
    {
        var here = _cursor;
        string? url = null;
        if (_cursor.Enter((byte)'}'))
        {
            do
            {
                if (_cursor.ReadName(out _).SequenceEqual("@type"u8) && _cursor.Peek() == '"')
                {
                    using var plain = new PooledBuffer();
                    JsonCursor.Unescape(_cursor.ReadString(out _), plain);
                    url = Encoding.UTF8.GetString(plain.WrittenSpan);
                }
                else
                {
                    _cursor.SkipValue();
                }
            }
            while (_cursor.Next((byte)'}'));
        }

        _cursor = here;
        return url;
    }
}

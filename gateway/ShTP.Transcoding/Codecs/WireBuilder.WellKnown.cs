using System.Text;

namespace ShTP.Transcoding.Codecs;

// Messages whose JSON is not an object of their fields.
internal ref partial struct WireBuilder
{
    private void WriteWellKnown(MessagePlan plan)
    {
        switch (plan.WellKnown)
        {
            case WellKnownType.Wrapper:
                if (cursor.Peek() == 'n')
                    throw NullFault();
                output.WriteVarint(plan.FieldArray[0].ElementTag);
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
                if (cursor.Peek() != '{')
                    throw WrongKind("must be an object");
                cursor.SkipValue();
                break;
            default:
                WriteTextMessage(plan.WellKnown);
                break;
        }
    }

    private void WriteTextMessage(WellKnownType type)
    {
        if (cursor.Peek() != '"')
            throw WrongKind(type switch
            {
                WellKnownType.Timestamp => TimestampText.Expected,
                WellKnownType.Duration => DurationText.Expected,
                _ => FieldMaskText.Expected,
            });
        var place = cursor.Position;
        var text = cursor.ReadString(out var escaped);
        string? fault;
        if (escaped)
        {
            using var plain = new PooledBuffer(text.Length);
            JsonCursor.Unescape(text, plain);
            fault = ScalarText.WriteMessageText(plain.WrittenSpan, type, output);
        }
        else
        {
            fault = ScalarText.WriteMessageText(text, type, output);
        }

        if (fault is not null)
            throw FaultAt(place, fault);
    }

    /// <summary>The kinds of google.protobuf.Value by their numbers: null 1, number 2, string 3, bool 4, struct 5, list 6.</summary>
    private void WriteAnyValue(MessagePlan plan)
    {
        var number = cursor.Peek() switch
        {
            (byte)'n' => 1u,
            (byte)'"' => 3u,
            (byte)'t' or (byte)'f' => 4u,
            (byte)'{' => 5u,
            (byte)'[' => 6u,
            _ => 2u,
        };
        var kind = plan.FindField(number)!;
        output.WriteVarint(kind.ElementTag);
        if (number == 2)
        {
            var place = cursor.Position;
            if (ScalarText.WriteNumber(cursor.ReadNumber(), kind.Type, output) is { } fault)
                throw FaultAt(place, fault);
            return;
        }

        WriteValue(kind);
    }

    private void WriteAny(MessagePlan plan)
    {
        if (cursor.Peek() != '{')
            throw WrongKind("must be an object");
        var place = cursor.Position;
        if (FindTypeUrl() is not { } url)
        {
            cursor.SkipValue();
            throw FaultAt(place, "must name its type in @type");
        }

        var type = plan.Plans.Find(url) ?? throw FaultAt(place, "names a type in @type that the contract does not have");
        plan.FieldArray[0].AppendDelimited(Encoding.UTF8.GetBytes(url), output);
        output.WriteVarint(plan.FieldArray[1].ElementTag);
        var start = output.OpenLength();
        if (type.WellKnown == WellKnownType.None)
            WriteMembers(type, insideAny: true);
        else
            WriteAnyContent(type, place);
        output.CloseLength(start);
    }

    /// <summary>A well-known type inside an Any is the member <c>value</c>.</summary>
    private void WriteAnyContent(MessagePlan type, int place)
    {
        var found = false;
        if (cursor.Enter((byte)'}'))
        {
            do
            {
                if (cursor.ReadName(out _).SequenceEqual("value"u8))
                {
                    if (found)
                        throw FaultAt(place, "has two members named value");
                    found = true;
                    WriteWellKnown(type);
                }
                else
                {
                    cursor.SkipValue();
                }
            }
            while (cursor.Next((byte)'}'));
        }

        if (!found)
            throw FaultAt(place, "must have a member named value");
    }

    private string? FindTypeUrl()
    {
        var here = cursor;
        string? url = null;
        if (cursor.Enter((byte)'}'))
        {
            do
            {
                if (cursor.ReadName(out _).SequenceEqual("@type"u8) && cursor.Peek() == '"')
                {
                    using var plain = new PooledBuffer();
                    JsonCursor.Unescape(cursor.ReadString(out _), plain);
                    url = Encoding.UTF8.GetString(plain.WrittenSpan);
                }
                else
                {
                    cursor.SkipValue();
                }
            }
            while (cursor.Next((byte)'}'));
        }

        cursor = here;
        return url;
    }
}

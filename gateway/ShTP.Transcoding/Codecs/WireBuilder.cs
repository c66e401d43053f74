using System.Buffers;
using System.Text;
using Google.Protobuf.Reflection;
using ShTP.Localization;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// One attempt at converting a JSON document to wire format. The first attempt assumes unique names. If a name repeats,
/// the second attempt looks ahead in every object for the last value of each name. There are two attempts per document,
/// not per object, because retries of nested objects would grow exponentially.
/// </summary>
internal ref partial struct WireBuilder
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly PooledBuffer _output;
    private readonly bool _lastOnly;
    private JsonCursor _cursor;
    private int _messagesLeft;

    internal WireBuilder(ReadOnlySpan<byte> json, PooledBuffer output, int maxDepth, bool lastOnly)
    {
        _json = json;
        _output = output;
        _lastOnly = lastOnly;
        _cursor = new JsonCursor(json, maxDepth);
        _messagesLeft = maxDepth - 1;
    }

    /// <summary>The first attempt found a repeated name, so its output is discarded.</summary>
    internal bool HasRepeatedName { get; private set; }

    internal void WriteDocument(MessagePlan plan, FieldPlan? field)
    {
        if (_cursor.Peek() == 0 && _cursor.Position == _json.Length)
            throw RequestFormatException.Syntax("malformed JSON: the document is empty");
        if (field is null)
            WriteMessage(plan);
        else if (field.TakesNull || !_cursor.TryReadNull())
            WriteField(field);
        _cursor.ExpectEnd();
    }

    private void WriteMessage(MessagePlan plan)
    {
        if (plan.WellKnown != WellKnownType.None)
            WriteWellKnown(plan);
        else
            WriteMembers(plan, insideAny: false);
    }

    private void WriteMembers(MessagePlan plan, bool insideAny)
    {
        if (_cursor.Peek() != '{')
            throw WrongKind("must be an object");
        if (!_lastOnly)
        {
            Span<ulong> seen = stackalloc ulong[plan.FieldWords];
            WriteMembers(plan, insideAny, seen, []);
            return;
        }

        var places = ArrayPool<int>.Shared.Rent(plan.FieldArray.Length);
        try
        {
            FindLast(plan, places);
            WriteMembers(plan, insideAny, [], places);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(places);
        }
    }

    private void WriteMembers(MessagePlan plan, bool insideAny, scoped Span<ulong> seen, scoped ReadOnlySpan<int> lastPlaces)
    {
        if (!_cursor.Enter((byte)'}'))
            return;
        var next = 0;
        var oneofs = 0ul;
        do
        {
            _cursor.Peek();
            var place = _cursor.Position;
            var field = ReadField(plan, ref next);
            if (field is null || (insideAny && IsTypeName(place)))
            {
                _cursor.SkipValue();
                continue;
            }

            var counts = _lastOnly ? lastPlaces[field.Index] == place : IsFirst(field, seen);
            if (!field.TakesNull && _cursor.TryReadNull())
            {
                if (counts && !field.IsRepeated)
                    WriteCleared(field);
                continue;
            }

            if (field.OneofIndex >= 0 && counts)
                CheckOneof(field, ref oneofs);
            var start = _output.WrittenCount;
            WriteField(field);
            if (!counts)
                _output.Truncate(start);
            else if (field.IsRepeated && _output.WrittenCount == start)
                WriteCleared(field);
        }
        while (_cursor.Next((byte)'}'));
    }

    private readonly void WriteCleared(FieldPlan field) => field.ClearedIn?.AppendDelimited(Encoding.UTF8.GetBytes(field.JsonName), _output);

    /// <summary>Clients usually send fields in the order of the contract, so the next field is tried before the table.</summary>
    private FieldPlan? ReadField(MessagePlan plan, ref int next)
    {
        var fields = plan.FieldArray;
        for (var i = next; i < Math.Min(next + 2, fields.Length); i++)
        {
            if (_cursor.TryReadName(fields[i].Member.AsSpan(1)))
            {
                next = i + 1;
                return fields[i];
            }
        }

        var name = _cursor.ReadName(out var escaped);
        FieldPlan? field;
        if (escaped)
        {
            using var plain = new PooledBuffer(name.Length);
            JsonCursor.Unescape(name, plain);
            field = plan.FindField(plain.WrittenSpan);
        }
        else
        {
            field = plan.FindField(name);
        }

        if (field is not null)
            next = field.Index + 1;
        return field;
    }

    private bool IsFirst(FieldPlan field, scoped Span<ulong> seen)
    {
        ref var word = ref seen[field.Index >> 6];
        var bit = 1ul << field.Index;
        HasRepeatedName |= (word & bit) != 0;
        word |= bit;
        return true;
    }

    private void FindLast(MessagePlan plan, scoped Span<int> places)
    {
        var here = _cursor;
        var next = 0;
        if (_cursor.Enter((byte)'}'))
        {
            do
            {
                _cursor.Peek();
                var place = _cursor.Position;
                if (ReadField(plan, ref next) is { } field)
                    places[field.Index] = place;
                _cursor.SkipValue();
            }
            while (_cursor.Next((byte)'}'));
        }

        _cursor = here;
    }

    private readonly void CheckOneof(FieldPlan field, ref ulong oneofs)
    {
        var bit = 1ul << field.OneofIndex;
        // A repeated name may have unset the other member; the second attempt decides.
        if ((oneofs & bit) != 0 && !HasRepeatedName)
            throw Fault($"only one field of {field.Descriptor.ContainingOneof.Name} may be given");
        oneofs |= bit;
    }

    private void WriteField(FieldPlan field)
    {
        if (field.IsMap)
        {
            WriteMap(field);
            return;
        }

        if (field.IsRepeated)
        {
            WriteArray(field);
            return;
        }

        var start = _output.WrittenCount;
        _output.WriteVarint(field.ElementTag);
        var value = _output.WrittenCount;
        WriteValue(field);
        // A default value without presence equals absence and is not sent.
        if (!field.HasPresence && !_output.WrittenSpan[value..].ContainsAnyExcept((byte)0))
            _output.Truncate(start);
    }

    private void WriteArray(FieldPlan field)
    {
        if (_cursor.Peek() != '[')
            throw WrongKind("must be an array");
        if (!_cursor.Enter((byte)']'))
            return;
        if (!field.IsPacked)
        {
            do
                WriteElement(field, field.ElementTag);
            while (_cursor.Next((byte)']'));
            return;
        }

        _output.WriteVarint(field.Tag);
        var start = _output.OpenLength();
        do
            WriteElement(field, tag: 0);
        while (_cursor.Next((byte)']'));
        _output.CloseLength(start);
    }

    private void WriteElement(FieldPlan field, uint tag)
    {
        if (_cursor.Peek() == 'n' && !field.TakesNull)
            throw NullFault();
        if (tag != 0)
            _output.WriteVarint(tag);
        WriteValue(field);
    }

    private void WriteMap(FieldPlan field)
    {
        if (_cursor.Peek() != '{')
            throw WrongKind("must be an object");
        if (!_cursor.Enter((byte)'}'))
            return;
        EnterMessage();
        do
        {
            _output.WriteVarint(field.ElementTag);
            var start = _output.OpenLength();
            _cursor.Peek();
            var place = _cursor.Position;
            WriteKey(_cursor.ReadName(out var escaped), escaped, field.Key, place);
            WriteElement(field.Value, field.Value.ElementTag);
            _output.CloseLength(start);
        }
        while (_cursor.Next((byte)'}'));
        _messagesLeft++;
    }

    /// <summary>One level of JSON can be several levels of messages: an object in a Struct is a Value, a Struct and a map entry.</summary>
    private void EnterMessage()
    {
        if (--_messagesLeft < 0)
            throw _cursor.Syntax("nests too deep");
    }

    private readonly void WriteKey(ReadOnlySpan<byte> key, bool escaped, FieldPlan field, int place)
    {
        _output.WriteVarint(field.ElementTag);
        LocalizedText? fault;
        if (field.Type == FieldType.Bool)
        {
            fault = key.SequenceEqual("true"u8) || key.SequenceEqual("false"u8) ? null : ScalarText.Expected(FieldType.Bool);
            _output.WriteByte(key.SequenceEqual("true"u8) ? (byte)1 : (byte)0);
        }
        else if (escaped)
        {
            using var plain = new PooledBuffer(key.Length);
            JsonCursor.Unescape(key, plain);
            fault = ScalarText.WriteText(plain.WrittenSpan, field, _output);
        }
        else
        {
            fault = ScalarText.WriteText(key, field, _output);
        }

        if (fault is not null)
            throw FaultAt(place, $"a key {fault}");
    }

    private readonly bool IsTypeName(int place) => _json[place..].StartsWith("\"@type\""u8);

    /// <summary>The next value does not have the field's type.</summary>
    private readonly RequestFormatException Fault(LocalizedText detail) => FaultAt(_cursor.Position, detail);

    private readonly RequestFormatException FaultAt(int position, LocalizedText detail) => new(JsonPath.Find(_json, position), detail);

    private RequestFormatException NullFault() => WrongKind("must not be null");
}

using System.Buffers;
using System.Text;
using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// One attempt at converting a JSON document to wire format. The first attempt assumes unique names. If a name repeats,
/// the second attempt looks ahead in every object for the last value of each name. There are two attempts per document,
/// not per object, because retries of nested objects would grow exponentially.
/// </summary>
internal ref partial struct WireBuilder
{
    private readonly ReadOnlySpan<byte> json;
    private readonly PooledBuffer output;
    private readonly bool lastOnly;
    private JsonCursor cursor;
    private int messagesLeft;

    internal WireBuilder(ReadOnlySpan<byte> json, PooledBuffer output, int maxDepth, bool lastOnly)
    {
        this.json = json;
        this.output = output;
        this.lastOnly = lastOnly;
        cursor = new JsonCursor(json, maxDepth);
        messagesLeft = maxDepth - 1;
    }

    /// <summary>The first attempt found a repeated name, so its output is discarded.</summary>
    internal bool HasRepeatedName { get; private set; }

    internal void WriteDocument(MessagePlan plan, FieldPlan? field)
    {
        if (cursor.Peek() == 0 && cursor.Position == json.Length)
            throw RequestFormatException.Syntax("malformed JSON: the document is empty");
        if (field is null)
            WriteMessage(plan);
        else if (field.TakesNull || !cursor.TryReadNull())
            WriteField(field);
        cursor.ExpectEnd();
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
        if (cursor.Peek() != '{')
            throw WrongKind("must be an object");
        if (!lastOnly)
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
        if (!cursor.Enter((byte)'}'))
            return;
        var next = 0;
        var oneofs = 0ul;
        do
        {
            cursor.Peek();
            var place = cursor.Position;
            var field = ReadField(plan, ref next);
            if (field is null || (insideAny && IsTypeName(place)))
            {
                cursor.SkipValue();
                continue;
            }

            var counts = lastOnly ? lastPlaces[field.Index] == place : IsFirst(field, seen);
            if (!field.TakesNull && cursor.TryReadNull())
            {
                if (counts && !field.IsRepeated)
                    WriteCleared(field);
                continue;
            }

            if (field.OneofIndex >= 0 && counts)
                CheckOneof(field, ref oneofs);
            var start = output.WrittenCount;
            WriteField(field);
            if (!counts)
                output.Truncate(start);
            else if (field.IsRepeated && output.WrittenCount == start)
                WriteCleared(field);
        }
        while (cursor.Next((byte)'}'));
    }

    private readonly void WriteCleared(FieldPlan field) => field.ClearedIn?.AppendDelimited(Encoding.UTF8.GetBytes(field.JsonName), output);

    /// <summary>Clients usually send fields in the order of the contract, so the next field is tried before the table.</summary>
    private FieldPlan? ReadField(MessagePlan plan, ref int next)
    {
        var fields = plan.FieldArray;
        for (var i = next; i < Math.Min(next + 2, fields.Length); i++)
        {
            if (cursor.TryReadName(fields[i].Member.AsSpan(1)))
            {
                next = i + 1;
                return fields[i];
            }
        }

        var name = cursor.ReadName(out var escaped);
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
        var here = cursor;
        var next = 0;
        if (cursor.Enter((byte)'}'))
        {
            do
            {
                cursor.Peek();
                var place = cursor.Position;
                if (ReadField(plan, ref next) is { } field)
                    places[field.Index] = place;
                cursor.SkipValue();
            }
            while (cursor.Next((byte)'}'));
        }

        cursor = here;
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

        var start = output.WrittenCount;
        output.WriteVarint(field.ElementTag);
        var value = output.WrittenCount;
        WriteValue(field);
        // A default value without presence equals absence and is not sent.
        if (!field.HasPresence && !output.WrittenSpan[value..].ContainsAnyExcept((byte)0))
            output.Truncate(start);
    }

    private void WriteArray(FieldPlan field)
    {
        if (cursor.Peek() != '[')
            throw WrongKind("must be an array");
        if (!cursor.Enter((byte)']'))
            return;
        if (!field.IsPacked)
        {
            do
                WriteElement(field, field.ElementTag);
            while (cursor.Next((byte)']'));
            return;
        }

        output.WriteVarint(field.Tag);
        var start = output.OpenLength();
        do
            WriteElement(field, tag: 0);
        while (cursor.Next((byte)']'));
        output.CloseLength(start);
    }

    private void WriteElement(FieldPlan field, uint tag)
    {
        if (cursor.Peek() == 'n' && !field.TakesNull)
            throw NullFault();
        if (tag != 0)
            output.WriteVarint(tag);
        WriteValue(field);
    }

    private void WriteMap(FieldPlan field)
    {
        if (cursor.Peek() != '{')
            throw WrongKind("must be an object");
        if (!cursor.Enter((byte)'}'))
            return;
        EnterMessage();
        do
        {
            output.WriteVarint(field.ElementTag);
            var start = output.OpenLength();
            cursor.Peek();
            var place = cursor.Position;
            WriteKey(cursor.ReadName(out var escaped), escaped, field.Key, place);
            WriteElement(field.Value, field.Value.ElementTag);
            output.CloseLength(start);
        }
        while (cursor.Next((byte)'}'));
        messagesLeft++;
    }

    /// <summary>One level of JSON can be several levels of messages: an object in a Struct is a Value, a Struct and a map entry.</summary>
    private void EnterMessage()
    {
        if (--messagesLeft < 0)
            throw cursor.Syntax("nests too deep");
    }

    private readonly void WriteKey(ReadOnlySpan<byte> key, bool escaped, FieldPlan field, int place)
    {
        output.WriteVarint(field.ElementTag);
        string? fault;
        if (field.Type == FieldType.Bool)
        {
            fault = key.SequenceEqual("true"u8) || key.SequenceEqual("false"u8) ? null : ScalarText.Expected(FieldType.Bool);
            output.WriteByte(key.SequenceEqual("true"u8) ? (byte)1 : (byte)0);
        }
        else if (escaped)
        {
            using var plain = new PooledBuffer(key.Length);
            JsonCursor.Unescape(key, plain);
            fault = ScalarText.WriteText(plain.WrittenSpan, field, output);
        }
        else
        {
            fault = ScalarText.WriteText(key, field, output);
        }

        if (fault is not null)
            throw FaultAt(place, $"a key {fault}");
    }

    private readonly bool IsTypeName(int place) => json[place..].StartsWith("\"@type\""u8);

    /// <summary>The next value does not have the field's type.</summary>
    private readonly RequestFormatException Fault(string detail) => FaultAt(cursor.Position, detail);

    private readonly RequestFormatException FaultAt(int position, string detail) => new(JsonPath.Find(json, position), detail);

    private RequestFormatException NullFault() => WrongKind("must not be null");
}

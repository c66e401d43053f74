using System.Buffers;
using System.Text.Unicode;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Converts protobuf bytes to ShTP's JSON without message objects and strings. It accepts every legal wire form, and is
/// fast for the one that Google's serializers write: each field once, in the order of numbers.
/// </summary>
/// <remarks>
/// The first attempt assumes that form and stops as soon as a field is out of order, split or repeated, or a map
/// has a duplicate key. The second attempt sorts the fields of every message before it writes them. There are two
/// attempts per document, not per message, because retries of nested messages would grow exponentially.
/// <list type="bullet">
/// <item>Fields in the order of numbers; unset lists are <c>[]</c>, unset maps <c>{}</c>, unset implicit scalars their default.</item>
/// <item>Unset optional scalars and messages are <c>null</c>; unset members of a oneof are left out, because at most one of them exists.</item>
/// <item>A Value without a kind is <c>null</c>; a number in a Value that JSON lacks is the string <c>"NaN"</c>, <c>"Infinity"</c> or <c>"-Infinity"</c>.</item>
/// <item>Times are truncated to microseconds; enum numbers that the contract does not have stay numbers.</item>
/// </list>
/// </remarks>
public static class WireToJson
{
    /// <summary>Writes one message as a JSON value.</summary>
    /// <exception cref="RequestFormatException">The bytes are not protobuf of this type, or a value has no JSON form.</exception>
    public static void Convert(ReadOnlySpan<byte> wire, MessagePlan plan, IBufferWriter<byte> output, int maxDepth = CodecLimits.MaxAnswerDepth) =>
        Run(wire, plan, field: null, output, maxDepth);

    /// <summary>
    /// Writes one field of a whole message as a JSON value: an array, an object or a scalar, <c>null</c> when it has
    /// presence and is not set.
    /// </summary>
    /// <exception cref="RequestFormatException">The bytes are not protobuf of this type, or a value has no JSON form.</exception>
    public static void ConvertField(ReadOnlySpan<byte> wire, FieldPlan field, IBufferWriter<byte> output, int maxDepth = CodecLimits.MaxAnswerDepth) =>
        Run(wire, field.Parent, field, output, maxDepth);

    private static void Run(ReadOnlySpan<byte> wire, MessagePlan plan, FieldPlan? field, IBufferWriter<byte> output, int maxDepth)
    {
        if (output is PooledBuffer buffer)
        {
            Write(wire, plan, field, buffer, maxDepth);
            return;
        }

        using var own = new PooledBuffer(wire.Length * 2);
        Write(wire, plan, field, own, maxDepth);
        output.Write(own.WrittenSpan);
    }

    private static void Write(ReadOnlySpan<byte> wire, MessagePlan plan, FieldPlan? field, PooledBuffer output, int maxDepth)
    {
        var start = output.WrittenCount;
        try
        {
            if (!TryWrite(wire, plan, field, output, maxDepth, sorted: false))
            {
                output.Truncate(start);
                TryWrite(wire, plan, field, output, maxDepth, sorted: true);
            }

            // Only strings can contain bytes above 0x7f, so one check of the whole output is enough.
            if (!Utf8.IsValid(output.WrittenSpan[start..]))
                throw WireReader.Malformed("a string is not UTF-8");
        }
        catch
        {
            output.Truncate(start);
            throw;
        }
    }

    private static bool TryWrite(ReadOnlySpan<byte> wire, MessagePlan plan, FieldPlan? field, PooledBuffer output, int maxDepth, bool sorted)
    {
        var emitter = new JsonEmitter(output, sorted);
        if (field is null)
            emitter.WriteMessage(wire, plan, maxDepth);
        else
            emitter.WriteFieldOf(wire, field, maxDepth);
        return !emitter.IsOutOfOrder;
    }
}

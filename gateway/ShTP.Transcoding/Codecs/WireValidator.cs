using System.Text.Unicode;
using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Validates protobuf bytes that are forwarded unchanged, so that a service can parse them: structure, UTF-8, depth,
/// and the ranges of times.
/// </summary>
public static class WireValidator
{
    /// <summary>Checks a message.</summary>
    /// <exception cref="RequestFormatException">A syntax fault, or a time out of range.</exception>
    public static void Check(ReadOnlySpan<byte> wire, MessagePlan plan, int maxDepth = CodecLimits.MaxDepth) =>
        CheckMessage(wire, plan, maxDepth, field: null);

    private static void CheckMessage(ReadOnlySpan<byte> wire, MessagePlan plan, int depthLeft, FieldPlan? field)
    {
        if (depthLeft == 0)
            throw WireReader.TooDeep();
        if (plan.WellKnown is WellKnownType.Timestamp or WellKnownType.Duration)
        {
            CheckTime(wire, plan, field);
            return;
        }

        var reader = new WireReader(wire);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (plan.FindField(tag >> WireTypes.Bits) is not { } next || !JsonEmitter.Accepts(next, tag))
            {
                // Unknown groups count from the top, as in Google's parser.
                reader.Skip(tag, depthLeft);
                continue;
            }

            if (tag == next.ElementTag)
                CheckValue(ref reader, next, depthLeft);
            else
                CheckRun(reader.ReadDelimited(), next);
        }
    }

    private static void CheckValue(ref WireReader reader, FieldPlan field, int depthLeft)
    {
        if (field.Type == FieldType.Message)
            CheckMessage(reader.ReadDelimited(), field.Message, depthLeft - 1, field);
        else if (field.Type != FieldType.String)
            reader.Skip(field.ElementTag);
        else if (!Utf8.IsValid(reader.ReadDelimited()))
            throw RequestFormatException.Syntax("malformed protobuf: a string is not UTF-8", field.JsonName);
    }

    private static void CheckRun(ReadOnlySpan<byte> wire, FieldPlan field)
    {
        var run = new WireReader(wire);
        while (!run.AtEnd)
            run.Skip(field.ElementTag);
    }

    private static void CheckTime(ReadOnlySpan<byte> wire, MessagePlan plan, FieldPlan? field)
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

        if (plan.WellKnown == WellKnownType.Timestamp && !TimestampText.IsInRange(seconds, nanos))
            throw new RequestFormatException(field?.JsonName, TimestampText.Expected);
        if (plan.WellKnown == WellKnownType.Duration && !DurationText.IsInRange(seconds, nanos))
            throw new RequestFormatException(field?.JsonName, "is out of range");
    }
}

using Google.Protobuf.Reflection;

namespace ShTP.Transcoding.Codecs;

// The second attempt: messages whose fields have any order and number.
internal ref partial struct JsonEmitter
{
    private void WriteSortedMembers(ReadOnlySpan<byte> wire, MessagePlan plan, int depthLeft)
    {
        var fields = new SortedFields(wire, plan);
        foreach (var field in plan.FieldArray)
        {
            if (fields.First(field) < 0)
            {
                _output.WriteBytes(field.AbsentMember);
                continue;
            }

            _output.WriteBytes(field.Member);
            WriteSortedField(fields, wire, field, depthLeft);
        }
    }

    /// <summary>Finds the value of a field; false when it is not set.</summary>
    private bool WriteSortedField(SortedFields fields, ReadOnlySpan<byte> wire, FieldPlan field, int depthLeft)
    {
        if (fields.First(field) < 0)
            return false;
        if (field.IsMap)
            return WriteSortedMap(fields, wire, field, depthLeft);
        if (field.IsRepeated)
        {
            var start = _output.WrittenCount;
            for (var at = fields.First(field); at >= 0; at = fields.Next(at))
            {
                var elements = fields.Reader(at, wire);
                WriteElements(ref elements, fields.Tag(at), field, depthLeft);
            }

            CloseArray(start);
            return true;
        }

        if (field.Type == FieldType.Message && fields.First(field) != fields.Last(field))
        {
            WriteMerged(fields, wire, field, depthLeft);
            return true;
        }

        var reader = fields.Reader(fields.Last(field), wire);
        WriteValue(ref reader, field, depthLeft);
        return true;
    }

    /// <summary>A message that came in pieces: protobuf defines their concatenation as the merged message.</summary>
    private void WriteMerged(SortedFields fields, ReadOnlySpan<byte> wire, FieldPlan field, int depthLeft)
    {
        using var merged = new PooledBuffer();
        for (var at = fields.First(field); at >= 0; at = fields.Next(at))
            merged.WriteBytes(fields.Delimited(at, wire));
        WriteMessage(merged.WrittenSpan, field.Message, depthLeft - 1);
    }
}

using System.Buffers;
using System.Text.Unicode;
using ShTP.Localization;

namespace ShTP.Transcoding.Codecs;

/// <summary>Converts JSON in UTF-8 to protobuf bytes without message objects and strings.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Names are JSON names or proto names; unknown ones are ignored, their values only checked for syntax.</item>
/// <item><c>null</c> equals absence, except for Value and NullValue. It is not allowed in lists and maps.</item>
/// <item>A repeated name: every value must be valid, and the last one counts, independent of its type, as in
/// JavaScript and Python. Two members of a oneof are an error.</item>
/// <item>Numbers may be strings, and integers may be written as 1.0 or 1e3. The conversion is exact, without doubles.</item>
/// <item>Enums by <c>json_value</c>, name or number, of values that the contract has.</item>
/// <item>A byte order mark at the start is skipped, as RFC 8259 (8.1) allows.</item>
/// </list>
/// The output is unchanged when the document is refused.
/// </remarks>
public static class JsonToWire
{
    /// <summary>Writes the message of a JSON document.</summary>
    /// <exception cref="RequestFormatException">The document is malformed, or a value does not have its field's type.</exception>
    public static void Convert(ReadOnlySpan<byte> json, MessagePlan plan, IBufferWriter<byte> output, int maxDepth = CodecLimits.MaxDepth) =>
        Run(json, plan, field: null, output, maxDepth);

    /// <summary>Writes one field with its tag, whose value is the JSON document. Writes no field for <c>null</c>.</summary>
    /// <exception cref="RequestFormatException">The document is malformed, or a value does not have its field's type.</exception>
    public static void ConvertField(ReadOnlySpan<byte> json, FieldPlan field, IBufferWriter<byte> output, int maxDepth = CodecLimits.MaxDepth)
    {
        try
        {
            Run(json, field.Parent, field, output, maxDepth);
        }
        catch (RequestFormatException fault)
        {
            var dot = fault.Field is null or ['[', ..] ? "" : ".";
            var path = field.JsonName + dot + fault.Field;
            throw fault.IsSyntax ? RequestFormatException.Syntax(LocalizedText.Verbatim(fault.Detail), path) : new RequestFormatException(path, LocalizedText.Verbatim(fault.Detail));
        }
    }

    private static void Run(ReadOnlySpan<byte> json, MessagePlan plan, FieldPlan? field, IBufferWriter<byte> output, int maxDepth)
    {
        if (output is PooledBuffer buffer)
        {
            Write(json, plan, field, buffer, maxDepth);
            return;
        }

        using var own = new PooledBuffer(json.Length);
        Write(json, plan, field, own, maxDepth);
        output.Write(own.WrittenSpan);
    }

    private static void Write(ReadOnlySpan<byte> json, MessagePlan plan, FieldPlan? field, PooledBuffer output, int maxDepth)
    {
        if (json.StartsWith("\uFEFF"u8))
            json = json["\uFEFF"u8.Length..];
        if (!Utf8.IsValid(json))
            throw RequestFormatException.Syntax("malformed JSON: the document is not UTF-8");
        var start = output.WrittenCount;
        try
        {
            if (!TryWrite(json, plan, field, output, maxDepth, lastOnly: false))
            {
                output.Truncate(start);
                TryWrite(json, plan, field, output, maxDepth, lastOnly: true);
            }
        }
        catch
        {
            output.Truncate(start);
            throw;
        }
    }

    private static bool TryWrite(ReadOnlySpan<byte> json, MessagePlan plan, FieldPlan? field, PooledBuffer output, int maxDepth, bool lastOnly)
    {
        var builder = new WireBuilder(json, output, maxDepth, lastOnly);
        builder.WriteDocument(plan, field);
        return !builder.HasRepeatedName;
    }
}

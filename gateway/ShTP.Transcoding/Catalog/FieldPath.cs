using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf.Reflection;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Catalog;

/// <summary>
/// A field of a request that is set by a part of the path or by a query parameter: <c>a.b.c</c>, by JSON or proto
/// names. The value is appended to the message's bytes. Protobuf merges appended messages, and the last scalar wins.
/// </summary>
public sealed class FieldPath
{
    private const int LongestText = 16 * 1024;

    private readonly FieldPlan[] _parents;

    private FieldPath(FieldPlan[] parents, FieldPlan field, string name)
    {
        _parents = parents;
        Field = field;
        Name = name;
    }

    /// <summary>The field itself.</summary>
    public FieldPlan Field { get; }

    /// <summary>The request's own field that is or contains the field.</summary>
    public FieldPlan Root => _parents.Length > 0 ? _parents[0] : Field;

    /// <summary>The path in JSON names, for errors.</summary>
    public string Name { get; }

    /// <summary>For strings an empty text is a value. For other types it means "not set", like an empty form field.</summary>
    public bool TakesEmptyText => Field.Type is FieldType.String or FieldType.Bytes;

    /// <summary>The path to a field that can be set by one text.</summary>
    /// <exception cref="ArgumentException">There is no such field, or it cannot be set by one text.</exception>
    public static FieldPath Parse(MessagePlan root, string dotted) =>
        TryParse(root, dotted, out var path, out var fault) ? path : throw new ArgumentException(fault, nameof(dotted));

    /// <summary>As <see cref="Parse"/>, with the fault as one phrase.</summary>
    public static bool TryParse(MessagePlan root, string dotted, [NotNullWhen(true)] out FieldPath? path, [NotNullWhen(false)] out string? fault)
    {
        path = null;
        var parents = new List<FieldPlan>();
        var message = root;
        foreach (var name in dotted.Split('.'))
        {
            if (parents.Count > 0)
            {
                var parent = parents[^1];
                if (parent.Type != FieldType.Message || parent.IsRepeated || parent.Message.WellKnown != WellKnownType.None)
                {
                    fault = $"'{parent.Descriptor.FullName}' has no fields that a path can name";
                    return false;
                }

                message = parent.Message;
            }

            if (message.FindField(name) is not { } field)
            {
                fault = $"'{message.Descriptor.FullName}' has no field '{name}'";
                return false;
            }

            parents.Add(field);
        }

        var last = parents[^1];
        if (!TakesText(last))
        {
            fault = $"'{last.Descriptor.FullName}' cannot be given as one text";
            return false;
        }

        fault = null;
        path = new FieldPath([.. parents.SkipLast(1)], last, string.Join('.', parents.Select(field => field.JsonName)));
        return true;
    }

    /// <summary>Scalars, enums, times, field masks and wrappers, also repeated.</summary>
    public static bool TakesText(FieldPlan field) => !field.IsMap
        && (field.Type != FieldType.Message
            || field.Message.WellKnown is WellKnownType.Timestamp or WellKnownType.Duration or WellKnownType.FieldMask or WellKnownType.Wrapper);

    /// <summary>Appends one value, decoded from the path or the query; for a repeated field another element.</summary>
    /// <exception cref="RequestFormatException">The text is not a valid value of the field. The output is unchanged.</exception>
    public void AppendText(ReadOnlySpan<char> value, IBufferWriter<byte> output)
    {
        if (value.Length > LongestText)
            throw new RequestFormatException(Name, $"must have at most {LongestText} characters");
        using var text = new PooledBuffer(Encoding.UTF8.GetMaxByteCount(value.Length));
        // A percent-encoded byte that is not UTF-8 arrives as half a surrogate pair or as U+FFFD. The former is not valid text.
        if (System.Text.Unicode.Utf8.FromUtf16(value, text.Reserve(value.Length * 3), out _, out var count, replaceInvalidSequences: false) != OperationStatus.Done)
            throw new RequestFormatException(Name, "must be valid Unicode");
        text.Commit(count);
        if (output is PooledBuffer buffer)
        {
            Append(text.WrittenSpan, buffer);
            return;
        }

        using var own = new PooledBuffer();
        Append(text.WrittenSpan, own);
        output.Write(own.WrittenSpan);
    }

    private void Append(ReadOnlySpan<byte> text, PooledBuffer output)
    {
        var start = output.WrittenCount;
        Span<int> opened = stackalloc int[_parents.Length];
        for (var i = 0; i < _parents.Length; i++)
        {
            output.WriteVarint(_parents[i].ElementTag);
            opened[i] = output.OpenLength();
        }

        output.WriteVarint(Field.ElementTag);
        if (ScalarText.WriteText(text, Field, output) is { } fault)
        {
            output.Truncate(start);
            throw new RequestFormatException(Name, fault);
        }

        for (var i = _parents.Length - 1; i >= 0; i--)
            output.CloseLength(opened[i]);
    }
}

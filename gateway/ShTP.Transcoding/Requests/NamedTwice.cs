using System.Text;
using Google.Protobuf.Reflection;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;
using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.Requests;

/// <summary>A body may repeat a value of the path, but must not contradict it: the client would change another object than intended.</summary>
internal static class NamedTwice
{
    /// <exception cref="ProblemException">422: body and path differ.</exception>
    public static void Refuse(ReadOnlySpan<byte> message, FieldPath field, string inPath)
    {
        if (field.Field.Type != FieldType.String || field.Root != field.Field)
            return;
        if (FindLast(message, field.Field) is { Length: > 0 } inBody && !inBody.Equals(inPath, StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(Problem.InvalidField(field.Name, "is another one than in the path"));
    }

    private static string? FindLast(ReadOnlySpan<byte> message, FieldPlan field)
    {
        string? last = null;
        var reader = new WireReader(message);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (tag == field.ElementTag)
                last = Encoding.UTF8.GetString(reader.ReadDelimited());
            else
                reader.Skip(tag);
        }

        return last;
    }
}

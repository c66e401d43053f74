using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Catalog;

/// <summary>Reads the <c>event_id</c> options: the position in a stream from which a client resumes.</summary>
internal sealed class EventIdRules(MethodDescriptor method, List<string> faults)
{
    /// <summary>The field that becomes the id of an event, or null.</summary>
    internal FieldPlan? ReadAnswer(MessagePlan output) => Find(output.Descriptor) is { } field ? output.FindField((uint)field.FieldNumber) : null;

    /// <summary>The field that takes the header <c>Last-Event-ID</c>, or null.</summary>
    internal FieldPath? ReadRequest(MessagePlan input) => Find(input.Descriptor) is { } field ? FieldPath.Parse(input, field.Name) : null;

    private FieldDescriptor? Find(MessageDescriptor message)
    {
        var marked = message.Fields.InDeclarationOrder().Where(field => field.GetOptions()?.GetExtension(OptionsExtensions.EventId) == true).ToList();
        if (marked.Count == 0)
            return null;
        if (!method.IsServerStreaming)
            faults.Add($"its field '{marked[0].Name}' is an event_id, but the answer is no stream");
        else if (marked.Count > 1)
            faults.Add($"{message.FullName} has two event_ids");
        else if (marked[0] is not { FieldType: FieldType.Int64, IsRepeated: false })
            faults.Add($"its event_id '{marked[0].Name}' is not a single int64");
        else
            return marked[0];
        return null;
    }
}

using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Catalog;

/// <summary>Checks the upload options of one RPC's request.</summary>
internal sealed class UploadRules(MethodDescriptor method, MessagePlan input, BodyKind body, List<string> faults)
{
    // It lies in memory as a whole, and a gRPC message has its bound too (docs/decisions/0006-small-uploads-in-the-message.md).
    private const int MaxInlineBytes = 4 * 1024 * 1024;

    internal IReadOnlyList<UploadField> Read()
    {
        var uploads = new List<UploadField>();
        foreach (var field in input.Fields)
        {
            if (OptionOf(field) is not { } options)
                continue;
            Check(field, options);
            uploads.Add(new UploadField(field, options));
        }

        if (uploads.Count > 0 && body != BodyKind.Whole)
            faults.Add("it takes uploads and needs body: \"*\"");
        if (uploads.Count > 0 && method.IsServerStreaming)
            faults.Add("it takes uploads and cannot stream its answer");
        RefuseNested();
        return uploads;
    }

    private static Upload? OptionOf(FieldPlan field) => field.Descriptor.GetOptions()?.GetExtension(OptionsExtensions.Upload);

    private void Check(FieldPlan field, Upload options)
    {
        var isReference = field is { Type: FieldType.Message, IsMap: false } && field.Message.Descriptor.FullName == UploadedFile.Descriptor.FullName;
        var isInline = new UploadField(field, options).IsInline;
        if (!isReference && !isInline)
            Add(field, "is neither UploadedFile, InlineFile nor bytes");
        if (isReference && options.Kind.Length == 0)
            Add(field, "has no kind");
        if (options.MaxBytes <= 0)
            Add(field, "has no max_bytes");
        if (isInline && options.MaxBytes > MaxInlineBytes)
            Add(field, $"is read into the message and has a max_bytes above {MaxInlineBytes}");
        if (options.MaxCount < 0 || (options.MaxCount > 1 && !field.IsRepeated))
            Add(field, "has a max_count that does not fit it");
        if (options.Extensions.Any(extension => extension.Length == 0 || extension.StartsWith('.') || extension.Any(char.IsAsciiLetterUpper)))
            Add(field, "has an extension that is not lower case without a dot");
        if (options.ContentTypes.Any(type => type.Count(unit => unit == '/') != 1))
            Add(field, "has a content type that is none");
    }

    /// <summary>Parts of a multipart body are fields of the request itself.</summary>
    private void RefuseNested()
    {
        var seen = new HashSet<MessagePlan> { input };
        var pending = new Queue<MessagePlan>(seen);
        while (pending.TryDequeue(out var message))
        {
            foreach (var field in message.Fields)
            {
                if (message != input && OptionOf(field) is not null)
                    Add(field, "is not a field of the request itself");
                if (field.Type == FieldType.Message && seen.Add(field.Message))
                    pending.Enqueue(field.Message);
            }
        }
    }

    private void Add(FieldPlan field, string fault) => faults.Add($"its upload {field.Descriptor.FullName} {fault}");
}

using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Catalog;

/// <summary>A field of a request that takes parts of a multipart body, by its JSON name.</summary>
public sealed record UploadField(FieldPlan Field, Upload Options)
{
    /// <summary>The content is read into the request instead of being sent to Files.</summary>
    public bool IsInline => Field.Type == FieldType.Bytes || IsInlineFile;

    /// <summary>The content goes there together with the name of the file.</summary>
    public bool IsInlineFile => Field.Type == FieldType.Message && Field.Message.Descriptor.FullName == InlineFile.Descriptor.FullName;

    /// <summary>How many parts are accepted.</summary>
    public int MaxCount => Math.Max(1, Options.MaxCount);
}

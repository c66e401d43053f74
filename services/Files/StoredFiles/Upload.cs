using ShTP.Files.Content;
using ShTP.Files.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Files.StoredFiles;

/// <summary>The checked header of an upload.</summary>
internal sealed record Upload(Guid OwnerId, FileKind Kind, string OriginalName, long MaxBytes, IReadOnlyList<MediaType> Accepted)
{
    private const int MaxContentTypes = 20;
    private const int MaxNameLength = 4096;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every fault of the header.</exception>
    public static Upload Parse(StoreHeader header)
    {
        var checks = new FieldChecks();
        var owner = checks.Uuid(header.OwnerId, "ownerId");
        var kind = FileKind.All.FirstOrDefault(k => k.Name == header.Kind);
        if (kind is null)
            checks.Add("kind", $"must be one of {string.Join(", ", FileKind.All.Select(k => k.Name))}");
        if (header.MaxBytes < 0)
            checks.Add("maxBytes", "must not be negative; 0 is the most that the kind allows");
        if (header.OriginalName.Length > MaxNameLength)
            checks.Add("originalName", $"must have at most {MaxNameLength} characters");
        if (header.ContentTypes.Count > MaxContentTypes)
            checks.Add("contentTypes", $"must have at most {MaxContentTypes} entries");
        MediaType[] accepted = [.. (kind?.Types ?? []).Where(t => header.ContentTypes.Count == 0 || header.ContentTypes.Contains(t.Name))];
        if (kind is not null && accepted.Length == 0)
            checks.Add("contentTypes", $"the kind {kind.Name} accepts none of them");
        checks.ThrowIfInvalid();
        var maxBytes = header.MaxBytes == 0 ? kind!.MaxBytes : Math.Min(header.MaxBytes, kind!.MaxBytes);
        return new Upload(owner, kind, Content.OriginalName.Clean(header.OriginalName), maxBytes, accepted);
    }

    /// <summary>Requires the content to be of an accepted type.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with the kind's own text and the detected type.</exception>
    public MediaType Require(MediaType? type) => type is not null && Accepted.Contains(type)
        ? type
        : throw RpcErrors.Invalid($"{Kind.Refusal}: the content is {type?.Name ?? "of no known type"}, accepted are {string.Join(", ", Accepted.Select(t => t.Name))}");
}

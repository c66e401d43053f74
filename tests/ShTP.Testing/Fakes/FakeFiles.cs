using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Files.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Testing.Fakes;

/// <summary>Stands for Files: knows uploads, and remembers claims in the order in which they come.</summary>
public sealed class FakeFiles : FilesInternal.FilesInternalBase
{
    private readonly ConcurrentDictionary<string, (UploadedFile File, Guid Owner, string Kind)> _files = new();

    public Heard<string> Told { get; } = new();

    public HeldAudit Audit { get; } = new();

    public UploadedFile Upload(Guid owner, string name = "0123456789abcdef.jpg", string kind = "avatar")
    {
        var file = new UploadedFile { FileId = Guid.NewGuid().ToString(), Name = name, ContentType = "image/jpeg", Size = 10, OriginalName = "me.jpg" };
        _files[file.FileId] = (file, owner, kind);
        return file;
    }

    public void Forget(string fileId) => _files.TryRemove(fileId, out _);

    public static byte[] ContentOf(string fileId) => Encoding.ASCII.GetBytes(fileId);

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) => Audit.ListAsync(request);

    public override Task<GetFileResponse> GetFile(GetFileRequest request, ServerCallContext context) =>
        _files.TryGetValue(request.FileId, out var file) && file.Owner.ToString() == request.OwnerId && file.Kind == request.Kind
            ? Task.FromResult(new GetFileResponse { File = file.File })
            : throw RpcErrors.NotFound("No such file");

    /// <summary>Every file has its own id as content, in two pieces.</summary>
    public override async Task Read(ReadRequest request, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
    {
        if (!_files.ContainsKey(request.FileId))
            throw RpcErrors.NotFound("No such file");
        foreach (var piece in ContentOf(request.FileId).Chunk(20))
            await responseStream.WriteAsync(new ReadResponse { Content = ByteString.CopyFrom(piece) });
    }

    public override Task<Empty> Claim(ClaimRequest request, ServerCallContext context) =>
        TellAsync($"claim {request.FileId} of {request.OwnerId} as {request.Claim}", context);

    public override Task<Empty> Release(ReleaseRequest request, ServerCallContext context) => TellAsync($"release {request.FileId} as {request.Claim}", context);

    public override Task<Empty> DeleteOwner(DeleteOwnerRequest request, ServerCallContext context) => TellAsync($"delete {request.OwnerId}", context);

    public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
        HeldData.ExportAsync("files", request, responseStream);

    private Task<Empty> TellAsync(string what, ServerCallContext context)
    {
        Told.Add(context, what);
        return Task.FromResult(new Empty());
    }
}

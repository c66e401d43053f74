using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Files.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Services.Tests.Users;

/// <summary>Stands for Files: knows uploads, and remembers claims in the order in which they come.</summary>
public sealed class FakeFiles : FilesInternal.FilesInternalBase
{
    private readonly ConcurrentDictionary<string, (UploadedFile File, Guid Owner, string Kind)> _files = new();

    public ConcurrentQueue<string> Told { get; } = new();

    public UploadedFile Upload(Guid owner, string name = "0123456789abcdef.jpg", string kind = "avatar")
    {
        var file = new UploadedFile { FileId = Guid.NewGuid().ToString(), Name = name, ContentType = "image/jpeg", Size = 10, OriginalName = "me.jpg" };
        _files[file.FileId] = (file, owner, kind);
        return file;
    }

    public void Forget(string fileId) => _files.TryRemove(fileId, out _);

    public override Task<GetFileResponse> GetFile(GetFileRequest request, ServerCallContext context) =>
        _files.TryGetValue(request.FileId, out var file) && file.Owner.ToString() == request.OwnerId && file.Kind == request.Kind
            ? Task.FromResult(new GetFileResponse { File = file.File })
            : throw RpcErrors.NotFound("No such file");

    /// <summary>Every file has its own id as content, in two pieces.</summary>
    public override async Task Read(ReadRequest request, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
    {
        if (!_files.ContainsKey(request.FileId))
            throw RpcErrors.NotFound("No such file");
        var content = ContentOf(request.FileId);
        foreach (var piece in content.Chunk(20))
            await responseStream.WriteAsync(new ReadResponse { Content = Google.Protobuf.ByteString.CopyFrom(piece) });
    }

    public static byte[] ContentOf(string fileId) => System.Text.Encoding.ASCII.GetBytes(fileId);

    public override Task<Empty> Claim(ClaimRequest request, ServerCallContext context) =>
        Tell($"claim {request.FileId} of {request.OwnerId} as {request.Claim}");

    public override Task<Empty> Release(ReleaseRequest request, ServerCallContext context) => Tell($"release {request.FileId} as {request.Claim}");

    public override Task<Empty> DeleteOwner(DeleteOwnerRequest request, ServerCallContext context) => Tell($"delete {request.OwnerId}");

    public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
        FakeNeighbours.ExportAsync("files", request, responseStream, isBroken: false);

    private Task<Empty> Tell(string what)
    {
        Told.Enqueue(what);
        return Task.FromResult(new Empty());
    }
}

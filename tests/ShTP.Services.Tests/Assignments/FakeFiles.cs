using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Files.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Services.Tests.Assignments;

/// <summary>Stands for Files: knows uploads and their content.</summary>
public sealed class FakeFiles : FilesInternal.FilesInternalBase
{
    private const int PieceSize = 10_000;

    private readonly ConcurrentDictionary<string, (UploadedFile File, Guid Owner, string Kind, byte[] Content)> _files = new();

    public UploadedFile Upload(Guid owner, string text, string name = "0123456789abcdef.py") => Upload(owner, Encoding.UTF8.GetBytes(text), name);

    public UploadedFile Upload(Guid owner, byte[] content, string name = "0123456789abcdef.py", string kind = "source")
    {
        var file = new UploadedFile { FileId = Guid.NewGuid().ToString(), Name = name, ContentType = "text/plain", Size = content.Length, OriginalName = name };
        _files[file.FileId] = (file, owner, kind, content);
        return file;
    }

    public override Task<GetFileResponse> GetFile(GetFileRequest request, ServerCallContext context) =>
        _files.TryGetValue(request.FileId, out var file) && file.Owner.ToString() == request.OwnerId && file.Kind == request.Kind
            ? Task.FromResult(new GetFileResponse { File = file.File })
            : throw RpcErrors.NotFound("No such file");

    public override async Task Read(ReadRequest request, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
    {
        foreach (var piece in _files[request.FileId].Content.Chunk(PieceSize))
            await responseStream.WriteAsync(new ReadResponse { Content = ByteString.CopyFrom(piece) });
    }
}

using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Files.Blobs;
using ShTP.Rpc.Streams;

namespace ShTP.Files.StoredFiles;

/// <summary>All files of an owner with their metadata.</summary>
internal sealed class FileExport(FilesDb db, IBlobStorage storage)
{
    private const int MaxPiece = 64 * 1024;

    public async Task WriteAsync(Guid owner, IServerStreamWriter<ExportUserResponse> answer, CancellationToken cancellationToken)
    {
        var files = await db.Files.AsNoTracking().Where(f => f.OwnerId == owner).OrderBy(f => f.Id).ToListAsync(cancellationToken);
        await answer.WriteRowsAsync("files.json", files.Select(Describe).ToAsyncEnumerable(), cancellationToken);
        var piece = new byte[MaxPiece];
        foreach (var file in files)
        {
            // The file was collected after the list above was read.
            if (await storage.FindAsync(file.Key, cancellationToken) is not { } blob)
                continue;
            await using var content = blob.Open();
            while (await content.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length)
                await answer.WriteAsync(PathOf(file), piece.AsMemory(0, length), cancellationToken);
        }
    }

    private static object Describe(StoredFile file) => new
    {
        file.Id,
        file.Kind,
        Path = PathOf(file),
        file.OriginalName,
        file.ContentType,
        file.Size,
        file.CreatedAt,
    };

    // By id, because two files may have the same content and therefore the same name.
    private static string PathOf(StoredFile file) => $"{file.Kind}/{file.Id}{Path.GetExtension(file.Name)}";
}

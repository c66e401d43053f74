using System.Security.Cryptography;
using Grpc.Core;
using ShTP.Files.Blobs;
using ShTP.Files.Content;
using ShTP.Files.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Files.StoredFiles;

/// <summary>Received and checked content.</summary>
internal sealed record AcceptedContent(string Name, MediaType Type, long Size);

/// <summary>Receives the content of an upload into a temporary file and converts it to what is stored.</summary>
internal sealed class FileIntake(TemporaryFiles temporary, ImageDecoding images)
{
    private const int MaxPiece = 64 * 1024;

    /// <summary>A file to receive into; the caller disposes it.</summary>
    public TemporaryFile NewFile() => temporary.Create();

    /// <summary>Receives and checks the content, and encodes avatars again; afterwards the file has the content to store.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT or RESOURCE_EXHAUSTED, as the contract documents.</exception>
    public async Task<AcceptedContent> ReceiveAsync(Upload upload, IAsyncStreamReader<StoreRequest> stream, TemporaryFile file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (await stream.MoveNext(cancellationToken))
        {
            if (stream.Current.PartCase != StoreRequest.PartOneofCase.Content)
                throw RpcErrors.Invalid("Only the first message of an upload is its header, the others are content");
            var piece = stream.Current.Content.Memory;
            if (piece.Length > MaxPiece)
                throw RpcErrors.InvalidField("content", $"a piece has at most {MaxPiece} bytes");
            if (file.Stream.Length + piece.Length > upload.MaxBytes)
                throw RpcErrors.TooLarge($"The file is too large: at most {upload.MaxBytes} bytes are accepted");
            hash.AppendData(piece.Span);
            await file.Stream.WriteAsync(piece, cancellationToken);
        }

        var size = file.Stream.Length;
        if (size == 0)
            throw RpcErrors.Invalid("The file is empty");
        var type = upload.Require(await DetectAsync(file, cancellationToken));
        if (upload.Kind == FileKind.Avatar)
        {
            var avatar = await images.EncodeAvatarAsync(file.Path, type, cancellationToken);
            file.Stream.SetLength(0);
            file.Stream.Position = 0;
            await file.Stream.WriteAsync(avatar.Content, cancellationToken);
            return new AcceptedContent(NameOf(SHA256.HashData(avatar.Content), avatar.Type.Extension), avatar.Type, avatar.Content.Length);
        }

        if (type.IsImage)
            await images.CheckAsync(file.Path, type, cancellationToken);
        return new AcceptedContent(NameOf(hash.GetHashAndReset(), type.Extension), type, size);
    }

    private static string NameOf(byte[] hash, string extension) => $"{Convert.ToHexStringLower(hash)}.{extension}";

    private static async Task<MediaType?> DetectAsync(TemporaryFile file, CancellationToken cancellationToken)
    {
        file.Stream.Position = 0;
        var head = new byte[MediaType.HeadLength];
        var length = await file.Stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return MediaType.Detect(head.AsSpan(0, length));
    }
}

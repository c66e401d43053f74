using Google.Protobuf;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Files.V1;

namespace ShTP.Import.Uploads;

/// <summary>Uploads files to Files, or checks them in a dry run. Files without a row are collected a day later.</summary>
internal sealed class FileSender(FilesInternal.FilesInternalClient files, bool isDryRun)
{
    private const int PieceSize = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>The reference of the stored file, or the reason why Files refused it.</summary>
    /// <exception cref="RpcException">Files is not available.</exception>
    public Task<(UploadedFile? File, string? Fault)> StoreAsync(Guid owner, string kind, string name, Func<Stream> open, CancellationToken cancellationToken) =>
        Retries.WhileAwayAsync<(UploadedFile? File, string? Fault)>(async () =>
        {
            try
            {
                await using var content = open();
                return (await SendAsync(new StoreHeader { OwnerId = owner.ToString(), Kind = kind, OriginalName = name, CheckOnly = isDryRun }, content, cancellationToken), null);
            }
            catch (RpcException fault) when (fault.StatusCode is StatusCode.InvalidArgument or StatusCode.ResourceExhausted)
            {
                return (null, $"'{name}': {fault.Status.Detail}");
            }
            catch (Exception fault) when (fault is UnauthorizedAccessException or IOException && !cancellationToken.IsCancellationRequested)
            {
                return (null, $"'{name}' cannot be read: {fault.Message}");
            }
        }, cancellationToken);

    private async Task<UploadedFile> SendAsync(StoreHeader header, Stream content, CancellationToken cancellationToken)
    {
        using var call = files.Store(deadline: DateTime.UtcNow + Limit, cancellationToken: cancellationToken);
        try
        {
            await call.RequestStream.WriteAsync(new StoreRequest { Header = header }, cancellationToken);
            var piece = new byte[PieceSize];
            while (await content.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length)
                await call.RequestStream.WriteAsync(new StoreRequest { Content = ByteString.CopyFrom(piece, 0, length) }, cancellationToken);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception refused) when (refused is InvalidOperationException or RpcException && !cancellationToken.IsCancellationRequested)
        {
            // Files ended the call before the end of the content. Its status has the reason.
        }

        return (await call.ResponseAsync).File;
    }
}

using Google.Protobuf;
using Grpc.Core;
using ShTP.Files.V1;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Gateway.Uploads;

/// <summary>Streams an uploaded part to the Files service as it arrives.</summary>
internal sealed class FileStore(FilesInternal.FilesInternalClient files) : IFileStore
{
    private const int ChunkSize = 64 * 1024;
    private const int MaxOriginalName = 255;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public async Task<byte[]> StoreAsync(HttpContext context, Stream content, UploadField upload, string fileName)
    {
        var owner = context.Features.Get<TokenResult>()?.User ?? throw new InvalidOperationException($"{upload.Field.Descriptor.FullName} is uploaded by nobody.");
        var cancellationToken = context.RequestAborted;
        // Leaving without completing cancels the call, and Files discards the content.
        using var call = files.Store(deadline: DateTime.UtcNow + Limit, cancellationToken: cancellationToken);
        try
        {
            await SendAsync(call.RequestStream, content, upload, fileName, owner, cancellationToken);
            var response = await call.ResponseAsync;
            return response.File.ToByteArray();
        }
        catch (Exception ended) when (ended is RpcException or InvalidOperationException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            // Files or its connection ended the call before everything was read. A write that was under way only says that it failed; the
            // status of the call has the reason.
            throw new ProblemException(ToProblem(await FailureOf(call)));
        }
        catch (RpcException failure)
        {
            throw new ProblemException(ToProblem(failure));
        }
    }

    private static async Task SendAsync(IClientStreamWriter<StoreRequest> requests, Stream content, UploadField upload, string fileName, CurrentUser owner, CancellationToken cancellationToken)
    {
        var header = new StoreHeader
        {
            OwnerId = owner.Id.ToString(),
            Kind = upload.Options.Kind,
            OriginalName = fileName.Length <= MaxOriginalName ? fileName : fileName[..MaxOriginalName],
            MaxBytes = upload.Options.MaxBytes,
        };
        header.ContentTypes.AddRange(upload.Options.ContentTypes);
        await requests.WriteAsync(new StoreRequest { Header = header }, cancellationToken);

        var chunk = new byte[ChunkSize];
        long sent = 0;
        int count;
        while ((count = await content.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            sent += count;
            if (sent > upload.Options.MaxBytes)
                throw MultipartReading.TooLarge(upload);
            // The message is serialized before the write completes, so the array can be reused.
            await requests.WriteAsync(new StoreRequest { Content = UnsafeByteOperations.UnsafeWrap(chunk.AsMemory(0, count)) }, cancellationToken);
        }

        await requests.CompleteAsync();
    }

    private static async Task<RpcException> FailureOf(AsyncClientStreamingCall<StoreRequest, StoreResponse> call)
    {
        try
        {
            await call.ResponseAsync;
            return new RpcException(new Status(StatusCode.Internal, "Files answered before it had the file"));
        }
        catch (RpcException failure)
        {
            return failure;
        }
    }

    private static Problem ToProblem(RpcException failure) => failure.StatusCode == StatusCode.DeadlineExceeded
        ? new Problem(StatusCodes.Status408RequestTimeout, Google.Rpc.Code.DeadlineExceeded, "The upload took too long")
        : StatusMapping.ToProblem(failure);
}

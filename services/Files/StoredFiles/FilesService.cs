using Grpc.Core;
using Microsoft.Extensions.Options;
using ShTP.Files.V1;
using ShTP.Rpc.Access;

namespace ShTP.Files.StoredFiles;

/// <summary>RPCs for users; files.proto documents each RPC.</summary>
internal sealed class FilesService(FileLedger ledger, IOptions<FilesOptions> options) : V1.FilesService.FilesServiceBase
{
    public override async Task<GetUsageResponse> GetUsage(GetUsageRequest request, ServerCallContext context)
    {
        var usage = await ledger.UsageAsync(context.User().Id, context.CancellationToken);
        return new GetUsageResponse { UsedBytes = usage.Bytes, QuotaBytes = options.Value.QuotaBytes, Files = usage.Files };
    }
}

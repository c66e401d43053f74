using Google.Api;
using Grpc.Core;
using ShTP.Rpc.Access;
using ShTP.Users.Audits;
using ShTP.Users.V1;

namespace ShTP.Users;

/// <summary>The audit of all services; audit.proto documents each RPC.</summary>
internal sealed class AuditService(AllAudits audits, AuditExport export) : V1.AuditService.AuditServiceBase
{
    public override async Task<ListEntriesResponse> ListEntries(ListEntriesRequest request, ServerCallContext context)
    {
        var page = await audits.ReadAsync(AuditFilter.Read(request), context.CancellationToken);
        return new ListEntriesResponse { Entries = { page.Rows }, Next = page.Next(AuditFilter.PlaceOf) };
    }

    public override async Task<ListOwnEntriesResponse> ListOwnEntries(ListOwnEntriesRequest request, ServerCallContext context)
    {
        var user = context.User();
        var page = await audits.ReadAsync(AuditFilter.Read(request, user.Id), context.CancellationToken);
        var rows = user.IsStaff ? page.Rows : page.Rows.Select(row => AllAudits.WithoutOthersAddress(row, user.Id));
        return new ListOwnEntriesResponse { Entries = { rows }, Next = page.Next(AuditFilter.PlaceOf) };
    }

    public override Task ExportEntries(ExportEntriesRequest request, IServerStreamWriter<HttpBody> responseStream, ServerCallContext context) =>
        export.WriteAsync(AuditFilter.Read(request), responseStream, context);
}

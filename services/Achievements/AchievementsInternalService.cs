using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Data.Audit;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;
using ShTP.Rpc.Streams;
using ShTP.ServiceDefaults;

namespace ShTP.Achievements;

/// <summary>RPCs for other services.</summary>
internal sealed class AchievementsInternalService(AchievementsDb db) : AchievementsInternal.AchievementsInternalBase
{
    public override async Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await db.ApplyOnceAsync(context, async cancellationToken =>
        {
            db.Record(user);
            await db.LockUserAsync(user, cancellationToken);
            // Files deletes the attachments itself.
            await db.Achievements.Where(a => a.UserId == user).ExecuteDeleteAsync(cancellationToken);
            await db.Medals.Where(m => m.UserId == user).ExecuteDeleteAsync(cancellationToken);
            await db.Achievements.Where(a => a.DecidedBy == user).ExecuteUpdateAsync(set => set.SetProperty(a => a.DecidedBy, (Guid?)null), cancellationToken);
            await db.Medals.Where(m => m.AwardedBy == user).ExecuteUpdateAsync(set => set.SetProperty(m => m.AwardedBy, (Guid?)null), cancellationToken);
        });
        return new Empty();
    }

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) =>
        db.ListAuditAsync(ResourceNames.Achievements, request, context.CancellationToken);

    public override async Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await responseStream.WriteRowsAsync("achievements.json",
            db.Achievements.AsNoTracking().Where(a => a.UserId == user).OrderByDescending(a => a.CreatedAt).AsAsyncEnumerable(), context.CancellationToken);
        await responseStream.WriteRowsAsync("medals.json",
            db.Medals.AsNoTracking().Where(m => m.UserId == user).OrderByDescending(m => m.CreatedAt).AsAsyncEnumerable(), context.CancellationToken);
    }
}

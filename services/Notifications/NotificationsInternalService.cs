using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;
using ShTP.Notifications.Live;
using ShTP.Notifications.Messages;
using ShTP.Notifications.V1;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Streams;
using ShTP.ServiceDefaults;

namespace ShTP.Notifications;

/// <summary>RPCs for other services.</summary>
internal sealed class NotificationsInternalService(NotificationsDb db, QuietUsers quiet, UnreadFeed unread, Audience audience, TimeProvider clock) : NotificationsInternal.NotificationsInternalBase
{
    private const int MaxUsers = 10_000;
    private const int MaxGroups = 100;

    public override async Task<Empty> Notify(NotifyRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        checks.Range(request.UserIds.Count, 0, MaxUsers, "userIds");
        checks.Range(request.GroupIds.Count, 0, MaxGroups, "groupIds");
        var data = NotificationData.Check(checks, request.Type, request.Data);
        checks.Text(request.Source, 0, Messages.Notification.MaxSourceLength, "source");
        checks.ThrowIfInvalid();
        var source = request.Source.Length == 0 ? null : request.Source;
        var users = request.UserIds.Select(id => checks.Uuid(id, "userIds")).ToHashSet();
        foreach (var group in request.GroupIds)
            checks.Uuid(group, "groupIds");
        checks.ThrowIfInvalid();

        // Before the transaction, which must not be open during a call to another service.
        var told = await ResolveAsync(request, users, context.CancellationToken);
        await db.ApplyOnceAsync(context, async cancellationToken =>
            await db.DeliverAsync(Delivery.ForEach(told, request.Type, data, clock.Now(), source), quiet, cancellationToken));
        return new Empty();
    }

    public override async Task<HasUnreadResponse> HasUnread(HasUnreadRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        // Never from memory: Users keeps the answer, and another replica may have reported a notification that this one does not know of yet.
        var waiting = await db.FindWaitingAsync(user, context.CancellationToken);
        return new HasUnreadResponse { HasUnread = waiting.Unread, IsQuiet = waiting is { Unread: false, Unsettled: false } };
    }

    public override async Task WatchUnread(WatchUnreadRequest request, IServerStreamWriter<WatchUnreadResponse> responseStream, ServerCallContext context)
    {
        using var told = unread.Subscribe();
        await responseStream.WriteAsync(new WatchUnreadResponse(), context.CancellationToken);
        await foreach (var message in told.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(message, context.CancellationToken);
    }

    public override async Task<Empty> SettleDelivery(SettleDeliveryRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var user = checks.Uuid(request.UserId, "userId");
        var delivery = checks.Uuid(request.Delivery, "delivery");
        checks.ThrowIfInvalid();
        await db.SettleAsync(user, delivery, request.Arrived, clock.Now(), context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await db.ApplyOnceAsync(context, cancellationToken =>
        {
            db.Record(user);
            return db.Notifications.Where(n => n.UserId == user).ExecuteDeleteAsync(cancellationToken);
        });
        return new Empty();
    }

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) =>
        db.ListAuditAsync(ResourceNames.Notifications, request, context.CancellationToken);

    public override async Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        var rows = db.Notifications.AsNoTracking().Where(n => n.UserId == user).OrderBy(n => n.Sequence).AsAsyncEnumerable().Select(n => new
        {
            Uuid = n.Id,
            n.Type,
            Data = JsonSerializer.Deserialize<JsonElement>(n.Data),
            n.Viewed,
            n.CreatedAt,
            n.UpdatedAt,
        });
        await responseStream.WriteRowsAsync("notifications.json", rows, context.CancellationToken);
    }

    private async Task<IReadOnlyCollection<Guid>> ResolveAsync(NotifyRequest request, HashSet<Guid> users, CancellationToken cancellationToken)
    {
        if (request.Everyone)
            return await audience.EveryoneAsync(cancellationToken);
        var told = new HashSet<Guid>(await audience.ExistingAsync(users, cancellationToken));
        if (request.GroupIds.Count > 0)
            told.UnionWith(await audience.OfGroupsAsync(request.GroupIds, mustExist: false, cancellationToken));
        return told;
    }
}

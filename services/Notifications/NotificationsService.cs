using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Rpc;
using ShTP.Data;
using ShTP.Notifications.Live;
using ShTP.Notifications.Messages;
using ShTP.Notifications.V1;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using Notification = ShTP.Notifications.Messages.Notification;

namespace ShTP.Notifications;

/// <summary>A user's notifications.</summary>
internal sealed class NotificationsService(NotificationsDb db, LiveFeed feed, QuietUsers quiet, Audience audience, TimeProvider clock)
    : V1.NotificationsService.NotificationsServiceBase
{
    private const int MaxUnread = 200;
    private const int MaxPage = 1000;

    public override async Task<TakeNotificationsResponse> TakeNotifications(TakeNotificationsRequest request, ServerCallContext context)
    {
        var (user, now) = (context.User().Id, clock.Now());
        if (quiet.Contains(user))
            return new TakeNotificationsResponse();
        var mark = quiet.Begin(user);
        var (delivery, taken) = await db.TakeAsync(user, MaxUnread, now, context.CancellationToken);
        if (taken.Count == 0 && await db.FindWaitingAsync(user, context.CancellationToken) is { Unread: false, Unsettled: false })
            quiet.Confirm(mark);
        else if (taken.Count > 0)
            await context.WriteResponseHeadersAsync(new Metadata { { CallMetadata.Delivery, delivery.ToString() } });
        return new TakeNotificationsResponse { Notifications = { taken.OrderByDescending(n => n.Sequence).Select(AsUnread) } };
    }

    public override async Task<ListNotificationsResponse> ListNotifications(ListNotificationsRequest request, ServerCallContext context)
    {
        var user = context.User().Id;
        var checks = new FieldChecks();
        var limit = request.HasLimit ? request.Limit : MaxPage;
        checks.Range(limit, 1, MaxPage, "limit");
        var before = request.Before.Length > 0 ? checks.Uuid(request.Before, "before") : Guid.Empty;
        checks.ThrowIfInvalid();

        var rows = await BeforeAsync(db.Notifications.AsNoTracking().Where(n => n.UserId == user), request.Before.Length > 0 ? before : null, context.CancellationToken);
        await db.MarkAllAsync(user, clock.Now(), context.CancellationToken);
        // Later notifications stay unread and are returned by the next call.
        var found = await rows.Where(n => n.Viewed).OrderByDescending(n => n.Sequence).Take(limit + 1).ToListAsync(context.CancellationToken);
        var page = found.Select(n => n.ToRow()).ToPage(limit);
        return new ListNotificationsResponse { Notifications = { page.Rows }, Next = page.Next(n => n.Uuid) };
    }

    public override async Task<ListUnreadResponse> ListUnread(ListUnreadRequest request, ServerCallContext context)
    {
        var user = context.User().Id;
        Guid? before = request.Before.Length > 0 ? FieldChecks.RequireUuid(request.Before, "before") : null;
        var rows = await BeforeAsync(db.Notifications.AsNoTracking().Where(n => n.UserId == user), before, context.CancellationToken);
        var unread = await rows.Where(n => !n.Viewed).OrderByDescending(n => n.Sequence).Take(MaxUnread + 1).ToListAsync(context.CancellationToken);
        var page = unread.Select(n => n.ToProto()).ToPage(MaxUnread);
        return new ListUnreadResponse { Notifications = { page.Rows }, Next = page.Next(n => n.Uuid) };
    }

    public override async Task<CountNotificationsResponse> CountNotifications(CountNotificationsRequest request, ServerCallContext context)
    {
        var counts = await db.CountAsync(context.User().Id, context.CancellationToken);
        return new CountNotificationsResponse { Unread = counts.Unread, Total = counts.Total };
    }

    public override async Task<MarkReadResponse> MarkRead(MarkReadRequest request, ServerCallContext context)
    {
        if (request.All == request.Uuids.Count > 0)
            throw RpcErrors.Invalid("Give either uuids or all");
        var checks = new FieldChecks();
        checks.Range(request.Uuids.Count, 0, MaxPage, "uuids");
        checks.ThrowIfInvalid();
        var ids = request.Uuids.Select(uuid => checks.Uuid(uuid, "uuids")).ToArray();
        checks.ThrowIfInvalid();

        var (user, now) = (context.User().Id, clock.Now());
        var marked = request.All
            ? await db.MarkAllAsync(user, now, context.CancellationToken)
            : await db.MarkAsync(user, ids, now, context.CancellationToken);
        return new MarkReadResponse { Marked = marked };
    }

    public override async Task StreamNotifications(
        StreamNotificationsRequest request, IServerStreamWriter<StreamNotificationsResponse> responseStream, ServerCallContext context)
    {
        if (request.LastEventId < 0)
            throw RpcErrors.InvalidField("lastEventId", "must not be negative");
        using var live = feed.Subscribe(context.User().Id);
        var stream = new LiveStream(db, live, context.User().Id);
        await stream.StartAsync(request.HasLastEventId ? request.LastEventId : null, context.CancellationToken);
        // From here on the client misses no notification.
        await context.WriteResponseHeadersAsync([]);
        await foreach (var message in stream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(message, context.CancellationToken);
    }

    public override async Task<CreateNotificationResponse> CreateNotification(CreateNotificationRequest request, ServerCallContext context)
    {
        if (!request.HasToUser && !request.HasToGroup && !request.ToEveryone)
            throw RpcErrors.Invalid("toUser and toGroup can't both be defined in request. Only one have to be defined.");
        var checks = new FieldChecks();
        var user = request.HasToUser ? checks.Uuid(request.ToUser, "toUser") : Guid.Empty;
        if (!request.HasToUser && request.HasToGroup)
            checks.Uuid(request.ToGroup, "toGroup");
        // Clients send one form for all types.
        NotificationData.RemoveUnknown(request.Type, request.Data);
        var data = NotificationData.Check(checks, request.HasType ? request.Type : null, request.Data);
        if (request.Data is not null && request.Data.Fields.TryGetValue("name", out var name) && name.HasStringValue)
            checks.Visible(name.StringValue, "data.name");
        checks.ThrowIfInvalid();

        var told = request.HasToUser ? await audience.ExistingAsync([user], context.CancellationToken)
            : request.HasToGroup ? await audience.OfGroupsAsync([request.ToGroup], mustExist: true, context.CancellationToken)
            : await audience.EveryoneAsync(context.CancellationToken);
        if (request.HasToUser && told.Count == 0)
            throw RpcErrors.NotFound("User with such uuid/nickname not found");
        var notifications = Delivery.ForEach(told, request.Type, data, clock.Now());
        await db.DeliverAsync(notifications, quiet, context.CancellationToken);
        return request.HasToUser ? new CreateNotificationResponse { Notification = notifications[0].ToProto() } : new CreateNotificationResponse();
    }

    // Marked as read by this response; the clients show it as new.
    private static V1.Notification AsUnread(Notification taken)
    {
        var notification = taken.ToProto();
        notification.Viewed = false;
        return notification;
    }

    private static async Task<IQueryable<Notification>> BeforeAsync(IQueryable<Notification> own, Guid? before, CancellationToken cancellationToken)
    {
        if (before is null)
            return own;
        var sequence = await own.Where(n => n.Id == before).Select(n => (long?)n.Sequence).SingleOrDefaultAsync(cancellationToken)
            ?? throw RpcErrors.InvalidField("before", "you have no notification with this uuid");
        return own.Where(n => n.Sequence < sequence);
    }
}

using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ShTP.Notifications.V1;
using Notification = ShTP.Notifications.Messages.Notification;

namespace ShTP.Notifications.Live;

/// <summary>
/// One stream of a user: first the backlog from the database after the last received number, then live notifications.
/// Everything in the backlog has smaller numbers than anything committed later, so one number decides which live ones
/// were already sent.
/// </summary>
internal sealed class LiveStream(NotificationsDb db, LiveFeed.Subscription live, Guid user)
{
    private const int MaxBacklog = 1000;

    private List<Notification> backlog = [];
    private long last;

    /// <summary>Reads the backlog after <paramref name="received"/>, or without it the current sequence number.</summary>
    public async Task StartAsync(long? received, CancellationToken cancellationToken)
    {
        var own = db.Notifications.AsNoTracking().Where(n => n.UserId == user);
        if (received is { } number)
            backlog = await own.Where(n => n.Sequence > number).OrderByDescending(n => n.Sequence).Take(MaxBacklog).ToListAsync(cancellationToken);
        last = received ?? await db.Notifications.MaxAsync(n => (long?)n.Sequence, cancellationToken) ?? 0;
        backlog.Reverse();
    }

    /// <summary>All notifications, oldest first, without end.</summary>
    public async IAsyncEnumerable<StreamNotificationsResponse> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var notification in backlog)
        {
            last = notification.Sequence;
            yield return new StreamNotificationsResponse { Sequence = last, Notification = notification.ToProto() };
        }

        backlog = [];
        await foreach (var message in live.ReadAllAsync(cancellationToken))
        {
            if (message.Sequence <= last)
                continue;
            last = message.Sequence;
            yield return message;
        }
    }
}

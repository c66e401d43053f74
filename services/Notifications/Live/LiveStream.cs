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

    private List<Notification> _backlog = [];
    private long _last;
    private bool _startsAnew;
    private bool _isCutOff;

    /// <summary>Reads the backlog after <paramref name="received"/>, or without it the current sequence number.</summary>
    public async Task StartAsync(long? received, CancellationToken cancellationToken)
    {
        var own = db.Notifications.AsNoTracking().Where(n => n.UserId == user);
        // Only places of the user's own are given out: any other one is of a time that the database does not know any more.
        if (received is { } number && (number == 0 || await own.AnyAsync(n => n.Sequence == number, cancellationToken)))
        {
            _backlog = await own.Where(n => n.Sequence > number).OrderByDescending(n => n.Sequence).Take(MaxBacklog + 1).ToListAsync(cancellationToken);
            _backlog.Reverse();
            _last = number;
            _isCutOff = _backlog.Count > MaxBacklog;
            if (_isCutOff)
            {
                _last = _backlog[0].Sequence;
                _backlog.RemoveAt(0);
            }
        }
        else
        {
            _last = await FindNewestAsync(own, cancellationToken);
            (_startsAnew, _isCutOff) = (true, received is not null);
        }
    }

    /// <summary>All notifications, oldest first, without end.</summary>
    public async IAsyncEnumerable<StreamNotificationsResponse> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_startsAnew || _isCutOff)
            yield return new StreamNotificationsResponse { Sequence = _last, Reload = _isCutOff };
        foreach (var notification in _backlog)
        {
            _last = notification.Sequence;
            yield return new StreamNotificationsResponse { Sequence = _last, Notification = notification.ToProto() };
        }

        _backlog = [];
        await foreach (var message in live.ReadAllAsync(cancellationToken))
        {
            if (message.Sequence <= _last)
                continue;
            _last = message.Sequence;
            yield return message;
        }
    }

    // The index has all that are read before all that are not: the newest of each is found at once, that of both is not.
    private static async Task<long> FindNewestAsync(IQueryable<Notification> own, CancellationToken cancellationToken)
    {
        var read = await own.Where(n => n.Viewed).MaxAsync(n => (long?)n.Sequence, cancellationToken) ?? 0;
        var unread = await own.Where(n => !n.Viewed).MaxAsync(n => (long?)n.Sequence, cancellationToken) ?? 0;
        return Math.Max(read, unread);
    }
}

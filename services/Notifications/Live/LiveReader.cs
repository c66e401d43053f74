using Npgsql;
using ShTP.Notifications.Messages;
using ShTP.Notifications.V1;
using ShTP.ServiceDefaults;
using ShTP.Data;
using Notification = ShTP.Notifications.Messages.Notification;

namespace ShTP.Notifications.Live;

/// <summary>Listens for new notifications of all replicas, and reads them once for all streams of this process.</summary>
internal sealed class LiveReader(IConfiguration configuration, LiveFeed feed, QuietUsers quiet, UnreadFeed unread, IHostApplicationLifetime lifetime, ILogger<LiveReader> logger)
    : ListeningService(configuration, ResourceNames.NotificationsDb, "live notifications", logger)
{
    private const int PageSize = 1000;
    private const int BeatMilliseconds = 2000;

    private bool _isSignalled;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Open streams would delay the shutdown of the server, and this service stops only after it.
        using var stopping = lifetime.ApplicationStopping.Register(OnSilence);
        await base.ExecuteAsync(stoppingToken);
    }

    protected override void OnSilence()
    {
        feed.Close();
        quiet.Close();
        unread.Close();
    }

    protected override async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        connection.Notification += (_, told) => OnTold(told.Payload);
        await ListenToAsync(connection, cancellationToken, Delivery.Channel);

        // Later commits cause a notification; earlier ones are in the backlog of a new stream.
        await using var newest = new NpgsqlCommand("SELECT coalesce(max(sequence), 0) FROM notifications", connection);
        var last = (long)(await newest.ExecuteScalarAsync(cancellationToken))!;
        quiet.Open();
        unread.Open();
        feed.Open();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            OnSilence();
        while (true)
        {
            _isSignalled = false;
            last = await ReadAsync(connection, last, cancellationToken);
            unread.Publish(new WatchUnreadResponse());
            if (!_isSignalled)
                await connection.WaitAsync(BeatMilliseconds, cancellationToken);
        }
    }

    private void OnTold(string payload)
    {
        _isSignalled = true;
        if (payload != Delivery.ToAnybody)
            return;
        quiet.WakeAll();
        unread.Publish(new WatchUnreadResponse { Everyone = true });
    }

    /// <summary>Publishes everything after <paramref name="last"/>, and returns the newest number.</summary>
    private async Task<long> ReadAsync(NpgsqlConnection connection, long last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT sequence, id, user_id, type, data, viewed, created_at, updated_at FROM notifications WHERE sequence > $1 ORDER BY sequence LIMIT $2", connection);
        var (from, limit) = (new NpgsqlParameter<long>(), new NpgsqlParameter<int> { TypedValue = PageSize });
        command.Parameters.Add(from);
        command.Parameters.Add(limit);
        var count = PageSize;
        while (count == PageSize)
        {
            from.TypedValue = last;
            count = 0;
            var told = new WatchUnreadResponse();
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            for (; await rows.ReadAsync(cancellationToken); count++)
            {
                var notification = ReadRow(rows);
                last = notification.Sequence;
                quiet.Wake(notification.UserId);
                told.UserIds.Add(notification.UserId.ToString());
                feed.Publish(notification.UserId, () => new() { Sequence = notification.Sequence, Notification = notification.ToProto() });
            }

            if (count > 0)
                unread.Publish(told);
        }

        return last;
    }

    private static Notification ReadRow(NpgsqlDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        Id = row.GetGuid(1),
        UserId = row.GetGuid(2),
        Type = row.GetInt16(3),
        Data = row.GetString(4),
        Viewed = row.GetBoolean(5),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(6),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(7),
    };
}

using System.Text.Json;
using Npgsql;
using ShTP.Auth.Keys;
using ShTP.Auth.Sessions;
using ShTP.Data;
using ShTP.ServiceDefaults;

namespace ShTP.Auth;

/// <summary>Listens for revocations and key changes of all replicas.</summary>
internal sealed class DatabaseSignals(
    IConfiguration configuration, RevocationFeed feed, KeyRing ring, IHostApplicationLifetime lifetime, ILogger<DatabaseSignals> logger)
    : ListeningService(configuration, ResourceNames.AuthDb, "auth signals", logger)
{
    private const int BeatMilliseconds = 1000;

    private static readonly JsonSerializerOptions RowFormat = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly V1.WatchRevocationsResponse Heartbeat = new();

    private bool _keysChanged;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Open streams would delay the shutdown of the server, and this service stops only after it.
        using var stopping = lifetime.ApplicationStopping.Register(feed.Close);
        await base.ExecuteAsync(stoppingToken);
    }

    protected override void OnSilence() => feed.Close();

    protected override async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        connection.Notification += OnNotification;
        await ListenToAsync(connection, cancellationToken, "revocations", "signing_keys");
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
            feed.Open();
        _keysChanged = true;
        var lastBeat = Environment.TickCount64;
        while (true)
        {
            if (_keysChanged)
            {
                _keysChanged = false;
                await ring.ReloadAsync(cancellationToken);
            }

            var untilBeat = (int)(lastBeat + BeatMilliseconds - Environment.TickCount64);
            if (untilBeat > 0 && await connection.WaitAsync(untilBeat, cancellationToken))
                continue;
            await using (var beat = new NpgsqlCommand("SELECT 1", connection))
                await beat.ExecuteNonQueryAsync(cancellationToken);
            feed.Publish(Heartbeat);
            lastBeat = Environment.TickCount64;
        }
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs notification)
    {
        if (notification.Channel == "signing_keys")
            _keysChanged = true;
        else if (JsonSerializer.Deserialize<Revocation>(notification.Payload, RowFormat) is { } revocation)
            feed.Publish(new() { Revocation = revocation.ToProto() });
    }
}

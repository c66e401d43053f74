using Microsoft.Extensions.Logging;
using Npgsql;

namespace ShTP.Data.Outbox;

/// <summary>Listens for new messages on one connection, and reconnects when it breaks.</summary>
internal sealed class OutboxListener(Func<string> connectionString, Action wake, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(2);

    private NpgsqlConnection? _connection;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                logger.LogDebug(fault, "The outbox cannot listen for new messages; it polls until the connection is back");
                await Task.WhenAny(Task.Delay(ReconnectDelay, stopping));
            }
        }
    }

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task ListenAsync(CancellationToken stopping)
    {
        // Not pooled, because it is used for the whole lifetime. Keep-alive, because a connection that only listens would not notice a break.
        var settings = new NpgsqlConnectionStringBuilder(connectionString()) { Pooling = false, KeepAlive = 15, ApplicationName = "outbox" };
        await using var opened = _connection = new NpgsqlConnection(settings.ConnectionString);
        await opened.OpenAsync(stopping);
        opened.Notification += (_, _) => wake();
        await using (var listen = new NpgsqlCommand($"LISTEN {OutboxSql.Channel}", opened))
            await listen.ExecuteNonQueryAsync(stopping);
        // Messages may have been stored while no connection listened.
        wake();
        while (true)
            await opened.WaitAsync(stopping);
    }
}

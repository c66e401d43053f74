using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ShTP.Rpc.Access;

/// <summary>Holds the stream of revocations and opens it again whenever it ends. Times here are real ones, whatever the clock of the process says.</summary>
internal sealed partial class RevocationWatcher(
    IRevocationSource source, Revocations revocations, RevocationOptions options, ILogger<RevocationWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await WatchAsync(stoppingToken))
                    pause = FirstPause;
            }
            catch (Exception failure) when (failure is RpcException or OperationCanceledException or InvalidDataException)
            {
                if (stoppingToken.IsCancellationRequested)
                    return;
                LogCut(failure.Message, pause);
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    /// <summary>Reads until the stream ends; true when a snapshot was complete.</summary>
    private async Task<bool> WatchAsync(CancellationToken stoppingToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        silence.CancelAfter(options.ReconnectAfter);
        var isComplete = false;
        await foreach (var message in source.WatchAsync(silence.Token))
        {
            silence.CancelAfter(options.ReconnectAfter);
            isComplete |= message.SnapshotEnd;
            revocations.Apply(message, isComplete);
        }

        return isComplete;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of revocations was cut, opening it again in {Pause}: {Reason}")]
    private partial void LogCut(string reason, TimeSpan pause);
}

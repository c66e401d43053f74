using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ShTP.Rpc.Streams;

/// <summary>
/// Holds a stream of another service and opens it again whenever it ends, breaks or is silent. Times here are real ones,
/// whatever the clock of the process says.
/// </summary>
/// <param name="what">What is streamed, for the log.</param>
/// <param name="silenceLimit">Longer than the time between two heartbeats.</param>
/// <param name="logger">The log.</param>
public abstract partial class StreamWatcher<TMessage>(string what, TimeSpan silenceLimit, ILogger logger) : BackgroundService
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
                if (await ReadAsync(stoppingToken))
                    pause = FirstPause;
            }
            catch (Exception failure) when (failure is RpcException or OperationCanceledException or InvalidDataException)
            {
                if (stoppingToken.IsCancellationRequested)
                    return;
                LogCut(what, pause, failure.Message);
            }
            finally
            {
                OnCut();
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    /// <summary>Opens the stream once.</summary>
    protected abstract IAsyncEnumerable<TMessage> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Takes the next message; true once everything is known that the stream has to tell at its beginning.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isComplete">What the message before was answered.</param>
    /// <exception cref="InvalidDataException">The message makes no sense.</exception>
    protected abstract bool Take(TMessage message, bool isComplete);

    /// <summary>The stream is interrupted until the next message.</summary>
    protected virtual void OnCut()
    {
    }

    private async Task<bool> ReadAsync(CancellationToken stoppingToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        silence.CancelAfter(silenceLimit);
        var isComplete = false;
        await foreach (var message in OpenAsync(silence.Token))
        {
            silence.CancelAfter(silenceLimit);
            isComplete = Take(message, isComplete);
        }

        return isComplete;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of {What} was cut, opening it again in {Pause}: {Reason}")]
    private partial void LogCut(string what, TimeSpan pause, string reason);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ShTP.Data.Outbox;

/// <summary>Lets a request wait until its messages are delivered, so that its caller reads its own writes.</summary>
public sealed class OutboxDeliveries(IServiceProvider services)
{
    // Poll interval, for deliveries by other replicas.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();

    /// <summary>
    /// True once the message was delivered; false when it was parked, or when <paramref name="limit"/> passed first:
    /// it will still be delivered. To be called after the change was saved.
    /// </summary>
    public async Task<bool> WaitAsync(Guid messageId, TimeSpan limit, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<OutboxStore>();
        var delivered = _waiting.GetOrAdd(messageId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limit);
        try
        {
            while (true)
            {
                if (delivered.IsCompleted)
                    return true;
                if (await store.IsPendingAsync(messageId, timer.Token) is not true and var state)
                    return state is null;
                await Task.WhenAny(delivered, Task.Delay(LookInterval, timer.Token));
                timer.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return delivered.IsCompleted;
        }
        finally
        {
            _waiting.TryRemove(messageId, out _);
        }
    }

    /// <summary>The same for several messages, within one limit for all of them; ends with the first that was not delivered.</summary>
    public async Task WaitAllAsync(IEnumerable<Guid> messageIds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var id in messageIds)
        {
            var left = limit - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || !await WaitAsync(id, left, cancellationToken))
                return;
        }
    }

    internal void Delivered(Guid messageId)
    {
        if (_waiting.TryGetValue(messageId, out var delivered))
            delivered.TrySetResult();
    }
}

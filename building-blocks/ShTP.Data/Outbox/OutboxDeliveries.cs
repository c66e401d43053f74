using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ShTP.Data.Outbox;

/// <summary>Lets a request wait until its messages are delivered, so that its caller reads its own writes.</summary>
public sealed class OutboxDeliveries(IServiceProvider services)
{
    // Poll interval, for deliveries by other replicas.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private static readonly AsyncLocal<Deferral?> Deferred = new();

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();

    /// <summary>
    /// True once the message was delivered; false when it was parked, or when <paramref name="limit"/> passed first:
    /// it will still be delivered. To be called after the change was saved. While waits are deferred the result is false.
    /// </summary>
    public async Task<bool> WaitAsync(Guid messageId, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (Deferred.Value is { } later)
        {
            later.Add(messageId, limit);
            return false;
        }

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
            if (left <= TimeSpan.Zero || (!await WaitAsync(id, left, cancellationToken) && Deferred.Value is null))
                return;
        }
    }

    /// <summary>
    /// From now on waits of this call are only noted, since its transaction goes on and its messages cannot be seen yet; to
    /// be made up for by <see cref="WaitDeferredAsync"/> after the commit.
    /// </summary>
    internal static Deferral Defer() => Deferred.Value = new Deferral();

    internal async Task WaitDeferredAsync(Deferral deferral, CancellationToken cancellationToken)
    {
        Deferred.Value = null;
        await WaitAllAsync(deferral.Messages, deferral.Limit, cancellationToken);
    }

    internal void Delivered(Guid messageId)
    {
        if (_waiting.TryGetValue(messageId, out var delivered))
            delivered.TrySetResult();
    }

    /// <summary>Waits for later.</summary>
    internal sealed class Deferral
    {
        private readonly List<Guid> _messages = [];

        public IReadOnlyList<Guid> Messages => _messages;

        public TimeSpan Limit { get; private set; }

        public void Add(Guid message, TimeSpan limit)
        {
            _messages.Add(message);
            if (limit > Limit)
                Limit = limit;
        }
    }
}

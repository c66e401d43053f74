using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace ShTP.Gateway.Limits;

/// <summary>
/// A token bucket that is filled continuously and returns the exact time until the next call is let through. That of .NET
/// returns a whole period however much of it has passed, and is filled by a timer, so that a call after that time may be
/// refused again.
/// </summary>
/// <param name="options">Calls at once and per second.</param>
/// <param name="isShared">
/// Whether many clients use it: then each refused call gets a time of its own. All of a school would otherwise come
/// back at the same moment, and most would be refused again. Nothing is reserved, and no time is longer than what it
/// takes to fill the bucket.
/// </param>
/// <param name="time">Its monotonic clock.</param>
internal sealed class CallBucket(BucketOptions options, bool isShared, TimeProvider time) : RateLimiter
{
    private readonly Lock _gate = new();
    private readonly long _interval = Math.Max(1, (long)(time.TimestampFrequency / options.PerSecond));

    // When the bucket is full, and the latest time that a refused call was given; timestamps.
    private long _fullAt = time.GetTimestamp();
    private long _toldUntil = long.MinValue;
    private long _passed;
    private long _refused;

    /// <summary>The limiter of all buckets has dropped it.</summary>
    public event Action? Disposed;

    /// <summary>How long the bucket has been full, after which it is as good as a new one; null while it is not.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_gate)
            {
                var now = time.GetTimestamp();
                return now >= _fullAt ? time.GetElapsedTime(_fullAt, now) : null;
            }
        }
    }

    /// <summary>Calls that were let through and refused.</summary>
    public override RateLimiterStatistics GetStatistics()
    {
        lock (_gate)
        {
            return new()
            {
                CurrentAvailablePermits = Math.Clamp(options.Burst - ((Math.Max(0, _fullAt - time.GetTimestamp()) + _interval - 1) / _interval), 0, options.Burst),
                TotalSuccessfulLeases = _passed,
                TotalFailedLeases = _refused,
            };
        }
    }

    /// <summary>Gives one call back that was let through.</summary>
    public void Return()
    {
        lock (_gate)
            _fullAt -= _interval;
    }

    protected override void Dispose(bool disposing)
    {
        Disposed?.Invoke();
        base.Dispose(disposing);
    }

    // ASP.NET Core asks this first and, after a refusal, once more below. Only that answer reaches the client.
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => Acquire(permitCount, isLast: false);

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(Acquire(permitCount, isLast: true));

    private Lease Acquire(int calls, bool isLast)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls, options.Burst);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var from = Math.Max(_fullAt, now);
            var free = from + ((calls - options.Burst) * _interval);
            if (free <= now)
            {
                _fullAt = from + (calls * _interval);
                _passed++;
                return Lease.Passed;
            }

            if (isLast)
            {
                _refused++;
                free = Tell(free, now);
            }

            return new Lease(time.GetElapsedTime(now, free));
        }
    }

    private long Tell(long free, long now)
    {
        if (!isShared)
            return free;
        free = Math.Min(Math.Max(free, _toldUntil), now + (options.Burst * _interval));
        _toldUntil = free + _interval;
        return free;
    }

    private sealed class Lease(TimeSpan? wait) : RateLimitLease
    {
        public static Lease Passed { get; } = new(null);

        public override bool IsAcquired => wait is null;

        public override IEnumerable<string> MetadataNames => wait is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? wait : null;
            return metadata is not null;
        }
    }
}

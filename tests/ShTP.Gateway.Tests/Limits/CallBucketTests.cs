using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using ShTP.Gateway.Limits;

namespace ShTP.Gateway.Tests.Limits;

public sealed class CallBucketTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    /// <summary>Of any bucket in any state: a call at the told time is let through, and one just before it is not.</summary>
    [Fact]
    public async Task RetryAfter_OfAUser_IsTheExactTimeUntilTheNextCallPasses()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var time = new FakeTimeProvider();
            var options = new BucketOptions(random.Next(1, 50), Math.Pow(10, (random.NextDouble() * 6) - 3));
            using var bucket = new CallBucket(options, isShared: false, time);
            for (var round = 0; round < 20; round++)
            {
                TimeSpan? wait;
                while ((wait = await CallAsync(bucket)) is null)
                    time.Advance(TimeSpan.FromSeconds(random.NextDouble() / options.PerSecond / 2));
                Assert.InRange(wait.Value, Tick, TimeSpan.FromSeconds(1.001 / options.PerSecond));
                time.Advance(wait.Value - Tick);
                Assert.True(await CallAsync(bucket) == Tick, $"seed {seed}: a call came through before its time");
                time.Advance(Tick);
                Assert.True(await CallAsync(bucket) is null, $"seed {seed}: a call at the time that it was told is refused");
            }
        }
    }

    /// <summary>A school of 800 comes at once, to a limit that lets 400 through: each is refused once at most.</summary>
    [Fact]
    public async Task RetryAfter_OfAnAddress_BringsEveryRefusedCallBackAtATimeOfItsOwn()
    {
        var time = new FakeTimeProvider();
        var start = time.GetUtcNow();
        using var bucket = new CallBucket(new(400, 10), isShared: true, time);
        var refused = new List<TimeSpan>();
        for (var i = 0; i < 800; i++)
        {
            if (await CallAsync(bucket) is { } wait)
                refused.Add(TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds))); // as the header says it
        }

        Assert.Equal(400, refused.Count);
        foreach (var wait in refused.Order())
        {
            time.Advance(start + wait - time.GetUtcNow());
            Assert.Null(await CallAsync(bucket));
        }
    }

    [Fact]
    public async Task RetryAfter_OfAnAddressThatIsFlooded_IsAtMostTheTimeToFillTheBucket()
    {
        var time = new FakeTimeProvider();
        using var bucket = new CallBucket(new(10, 2), isShared: true, time);
        for (var i = 0; i < 10_000; i++)
            await CallAsync(bucket);

        var wait = await CallAsync(bucket);

        Assert.Equal(TimeSpan.FromSeconds(5), wait);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await CallAsync(bucket));
    }

    /// <summary>Whoever drops it drops no count: a bucket is idle only when it is full again.</summary>
    [Fact]
    public async Task IdleDuration_BeginsWhenTheBucketIsFull()
    {
        var time = new FakeTimeProvider();
        using var bucket = new CallBucket(new(2, 1), isShared: false, time);
        Assert.Null(await CallAsync(bucket));
        Assert.Null(bucket.IdleDuration);
        Assert.Equal(1, bucket.GetStatistics()!.CurrentAvailablePermits);

        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(TimeSpan.FromSeconds(2), bucket.IdleDuration);
        Assert.Equal(2, bucket.GetStatistics()!.CurrentAvailablePermits);
        Assert.Throws<ArgumentOutOfRangeException>(() => bucket.AttemptAcquire(3));
    }

    // As the middleware asks: it tries, and then asks to wait. The result is the time told; null for a call that passed.
    private static async Task<TimeSpan?> CallAsync(CallBucket bucket)
    {
        using var tried = bucket.AttemptAcquire();
        if (tried.IsAcquired)
            return null;
        using var waited = await bucket.AcquireAsync();
        Assert.False(waited.IsAcquired);
        Assert.True(waited.TryGetMetadata(MetadataName.RetryAfter, out var wait));
        return wait;
    }
}

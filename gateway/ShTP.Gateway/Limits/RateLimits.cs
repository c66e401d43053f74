using System.Threading.RateLimiting;
using Google.Rpc;
using ShTP.Api.V1;
using ShTP.Gateway.Edge;
using ShTP.Transcoding.Problems;
using ShTP.Rpc.Access;

namespace ShTP.Gateway.Limits;

/// <summary>Counts calls per address and per user. Buckets that are full again are dropped, so memory follows the traffic.</summary>
internal sealed class RateLimits(RateLimitOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<AddressKey> addresses = Create<AddressKey>(key => Of(options, key.Class).Address);
    private readonly PartitionedRateLimiter<UserKey> users = Create<UserKey>(key => Of(options, key.Class).User);

    /// <summary>Counts a call of an address; the problem when there were too many.</summary>
    public Problem? CheckAddress(HttpContext context, RateClass rateClass)
    {
        using var lease = addresses.AttemptAcquire(new(rateClass, ClientFacts.NetworkOf(ClientFacts.AddressOf(context))));
        return lease.IsAcquired ? null : TooMany(lease);
    }

    /// <summary>Counts a call of a user; the problem when there were too many.</summary>
    public Problem? CheckUser(CurrentUser user, RateClass rateClass)
    {
        using var lease = users.AttemptAcquire(new(rateClass, user.Id));
        return lease.IsAcquired ? null : TooMany(lease);
    }

    public void Dispose()
    {
        addresses.Dispose();
        users.Dispose();
    }

    private static PartitionedRateLimiter<TKey> Create<TKey>(Func<TKey, BucketOptions> optionsOf)
        where TKey : notnull
    {
        Func<TKey, RateLimiter> bucket = key => CreateBucket(optionsOf(key));
        return PartitionedRateLimiter.Create<TKey, TKey>(key => RateLimitPartition.Get(key, bucket));
    }

    private static TokenBucketRateLimiter CreateBucket(BucketOptions options)
    {
        // Whole tokens at a period of at least 100 ms: the limiter's own clock is no finer.
        var perPeriod = Math.Max(1, (int)Math.Round(options.PerSecond / 10));
        return new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Burst,
            TokensPerPeriod = perPeriod,
            ReplenishmentPeriod = TimeSpan.FromSeconds(perPeriod / options.PerSecond),
            QueueLimit = 0,
            AutoReplenishment = false, // the partitioned limiter replenishes all of its buckets with one timer
        });
    }

    private static ClassLimits Of(RateLimitOptions options, RateClass rateClass) => rateClass switch
    {
        RateClass.Login => options.Login,
        RateClass.Upload => options.Upload,
        RateClass.Expensive => options.Expensive,
        _ => options.Ordinary,
    };

    private static Problem TooMany(RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromSeconds(1);
        return new Problem(StatusCodes.Status429TooManyRequests, Code.ResourceExhausted, "Too many requests, try again later")
        {
            RetryAfter = (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds)),
        };
    }

    private readonly record struct AddressKey(RateClass Class, ulong Network);

    private readonly record struct UserKey(RateClass Class, Guid User);
}

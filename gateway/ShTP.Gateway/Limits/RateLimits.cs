using System.Threading.RateLimiting;
using Google.Rpc;
using Microsoft.AspNetCore.RateLimiting;
using ShTP.Api.V1;
using ShTP.Gateway.Edge;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Gateway.Limits;

/// <summary>
/// ASP.NET Core's rate limiter with one policy for each class. A call with a valid token is counted by its user, every
/// other one by the address it comes from: pupils of one school share an address, and none of them pays for another.
/// Buckets that are full again are dropped, so memory follows the traffic.
/// </summary>
internal static class RateLimits
{
    /// <summary>The name of the policy of a class.</summary>
    public static string PolicyOf(RateClass rateClass) => $"rate:{rateClass}";

    public static void Add(IServiceCollection services, RateLimitOptions options) => services.AddRateLimiter(limiter =>
    {
        foreach (var rateClass in Enum.GetValues<RateClass>())
            AddPolicy(limiter, rateClass, options.Of(rateClass));
        limiter.OnRejected = (rejected, _) =>
        {
            ProblemWriter.Write(rejected.HttpContext, TooMany(rejected.Lease), Negotiation.WantsProtobufErrors(rejected.HttpContext.Request));
            return ValueTask.CompletedTask;
        };
    });

    private static void AddPolicy(RateLimiterOptions limiter, RateClass rateClass, ClassLimits limits)
    {
        Func<Caller, RateLimiter> bucket = caller => CreateBucket(caller.User == Guid.Empty ? limits.Address : limits.User);
        limiter.AddPolicy(PolicyOf(rateClass), context => RateLimitPartition.Get(CallerOf(context), bucket));
    }

    private static Caller CallerOf(HttpContext context) => context.Features.Get<TokenResult>()?.User is { } user
        ? new Caller(user.Id, 0)
        : new Caller(Guid.Empty, ClientFacts.NetworkOf(ClientFacts.AddressOf(context)));

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
            AutoReplenishment = false, // the middleware replenishes all buckets with one timer
        });
    }

    private static Problem TooMany(RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromSeconds(1);
        return new Problem(StatusCodes.Status429TooManyRequests, Code.ResourceExhausted, "Too many requests, try again later")
        {
            RetryAfter = (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds)),
        };
    }

    private readonly record struct Caller(Guid User, ulong Network);
}

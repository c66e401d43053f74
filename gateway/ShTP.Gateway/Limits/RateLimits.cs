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

    public static void Add(IServiceCollection services, RateLimitOptions options)
    {
        var logins = new LoginCalls(options);
        services.AddSingleton(_ => logins);
        services.AddRateLimiter(limiter => Configure(limiter, options, logins));
    }

    /// <summary>What a refused call is answered with.</summary>
    internal static Problem TooMany(RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : throw new InvalidOperationException("A refused call was not told when to try again");
        return new Problem(StatusCodes.Status429TooManyRequests, Code.ResourceExhausted, "Too many requests, try again later")
        {
            RetryAfter = (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds)),
        };
    }

    private static void Configure(RateLimiterOptions limiter, RateLimitOptions options, LoginCalls logins)
    {
        foreach (var rateClass in Enum.GetValues<RateClass>())
        {
            var limits = options.Of(rateClass);
            AddPolicy(limiter, rateClass, limits.User, rateClass == RateClass.Login
                ? logins.CreateBucket
                : _ => new CallBucket(limits.Address, isShared: true, TimeProvider.System));
        }

        limiter.OnRejected = (rejected, _) =>
        {
            ProblemWriter.Write(rejected.HttpContext, TooMany(rejected.Lease), Negotiation.WantsProtobufErrors(rejected.HttpContext.Request));
            return ValueTask.CompletedTask;
        };
    }

    private static void AddPolicy(RateLimiterOptions limiter, RateClass rateClass, BucketOptions ofUser, Func<ulong, RateLimiter> ofAddress)
    {
        Func<Caller, RateLimiter> bucket = caller => caller.IsAddress
            ? ofAddress(caller.Network)
            : new CallBucket(ofUser, isShared: false, TimeProvider.System);
        limiter.AddPolicy(PolicyOf(rateClass), context => RateLimitPartition.Get(CallerOf(context, rateClass), bucket));
    }

    /// <summary>Who a call is counted by. Who signs in again shows a token that was good once, which tells a client of the school from a stranger at its address.</summary>
    internal static Caller CallerOf(HttpContext context, RateClass rateClass)
    {
        var token = context.Features.Get<TokenResult>();
        return (rateClass == RateClass.Login ? token?.Holder : token?.User) is { } user
            ? new Caller(user.Id, 0)
            : new Caller(Guid.Empty, ClientFacts.NetworkOf(ClientFacts.AddressOf(context)));
    }

    internal readonly record struct Caller(Guid User, ulong Network)
    {
        public bool IsAddress => User == Guid.Empty;
    }
}

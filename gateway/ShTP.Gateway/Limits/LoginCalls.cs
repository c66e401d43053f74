using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using ShTP.Api.V1;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Problems;

namespace ShTP.Gateway.Limits;

/// <summary>
/// Attempts to sign in that are counted by their address, which all of a school share. How they end is known only after they were
/// counted: then a right one is given back, so that an address is counted by its failures, and a malformed one is counted in a small
/// bucket of its own instead, so that one client that keeps sending such calls does not keep the others from signing in.
/// </summary>
internal sealed class LoginCalls(RateLimitOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<ulong, CallBucket> _attempts = new();
    private readonly PartitionedRateLimiter<ulong> _malformed = PartitionedRateLimiter.Create<ulong, ulong>(network =>
        RateLimitPartition.Get(network, _ => new CallBucket(options.Malformed, isShared: true, TimeProvider.System)));

    /// <summary>The bucket of an address's attempts to sign in.</summary>
    public CallBucket CreateBucket(ulong network)
    {
        var bucket = new CallBucket(options.Login.Address, isShared: true, TimeProvider.System);
        bucket.Disposed += () => _attempts.TryRemove(new(network, bucket));
        return _attempts[network] = bucket;
    }

    /// <summary>Corrects the count of a call by how it ended.</summary>
    /// <returns>The problem to answer with: the same, or 429 when too many were malformed.</returns>
    public Problem? Settle(HttpContext context, ApiMethod method, Problem? problem)
    {
        if (method.Access.RateClass != RateClass.Login || RateLimits.CallerOf(context, RateClass.Login) is not { IsAddress: true } caller)
            return problem;
        var isMalformed = problem?.Status is StatusCodes.Status400BadRequest or StatusCodes.Status406NotAcceptable
            or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType or StatusCodes.Status422UnprocessableEntity;
        if (problem is null || isMalformed)
            GiveBack(caller);
        if (!isMalformed)
            return problem;
        using var lease = _malformed.AttemptAcquire(caller.Network);
        return lease.IsAcquired ? problem : RateLimits.TooMany(lease);
    }

    /// <summary>Gives an attempt at the sign-in page back that was right: only those lead to another page.</summary>
    public async Task SettlePageAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.StatusCode == StatusCodes.Status303SeeOther
            && context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == RateLimits.PolicyOf(RateClass.Login)
            && RateLimits.CallerOf(context, RateClass.Login) is { IsAddress: true } caller)
            GiveBack(caller);
    }

    public void Dispose() => _malformed.Dispose();

    private void GiveBack(RateLimits.Caller caller)
    {
        if (_attempts.TryGetValue(caller.Network, out var attempts))
            attempts.Return();
    }
}

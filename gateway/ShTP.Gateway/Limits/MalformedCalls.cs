using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using ShTP.Api.V1;
using ShTP.Gateway.Edge;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Problems;

namespace ShTP.Gateway.Limits;

/// <summary>
/// Attempts to sign in that no service has seen, because their body or headers are malformed. Each is given back to the bucket of
/// its address, which all of a school share, and counted in a small one of its own: one client that keeps sending such calls
/// does not keep the others from signing in.
/// </summary>
internal sealed class MalformedCalls(RateLimitOptions options) : IDisposable
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

    /// <summary>Counts a call that was refused before any service saw it, if it was malformed.</summary>
    /// <returns>The problem to answer with: the same, or 429 when there were too many.</returns>
    public Problem Count(HttpContext context, ApiMethod method, Problem problem)
    {
        var isMalformed = problem.Status is StatusCodes.Status400BadRequest or StatusCodes.Status406NotAcceptable
            or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType or StatusCodes.Status422UnprocessableEntity;
        if (!isMalformed || method.Access.RateClass != RateClass.Login || context.Features.Get<TokenResult>()?.User is not null)
            return problem;
        var network = ClientFacts.NetworkOf(ClientFacts.AddressOf(context));
        if (_attempts.TryGetValue(network, out var attempts))
            attempts.Return();
        using var lease = _malformed.AttemptAcquire(network);
        return lease.IsAcquired ? problem : RateLimits.TooMany(lease);
    }

    public void Dispose() => _malformed.Dispose();
}

using Grpc.Core;
using ShTP.Auth.V1;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Auth;

/// <summary>An open stream of revocations, as the gateway holds one.</summary>
internal sealed class Watch : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly AsyncServerStreamingCall<WatchRevocationsResponse> _call;
    private bool _hasFirst = true;

    private Watch(AsyncServerStreamingCall<WatchRevocationsResponse> call) => _call = call;

    /// <summary>Tries until the service listens to its database.</summary>
    public static async Task<Watch> OpenAsync(AuthSystem system, ServiceHost<ShTP.Auth.AuthOptions> host)
    {
        Watch? open = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var call = system.Internal(host, ResourceNames.Gateway).WatchRevocations(new());
                try
                {
                    await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit);
                    open = new Watch(call);
                    return true;
                }
                catch (RpcException early) when (early.StatusCode == StatusCode.Unavailable)
                {
                    call.Dispose();
                    return false;
                }
            },
            "the stream opens");
        return open!;
    }

    public async Task<WatchRevocationsResponse> NextAsync()
    {
        if (!_hasFirst)
            Assert.True(await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit));
        _hasFirst = false;
        return _call.ResponseStream.Current;
    }

    /// <summary>Reads on until the revocation comes; others may come twice, in the snapshot and live.</summary>
    public async Task<Revocation> FindAsync(Func<Revocation, bool> condition)
    {
        while (true)
        {
            if ((await NextAsync()).Revocation is { } revocation && condition(revocation))
                return revocation;
        }
    }

    public void Dispose() => _call.Dispose();
}

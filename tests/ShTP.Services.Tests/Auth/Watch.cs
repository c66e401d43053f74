using Grpc.Core;
using ShTP.Auth.V1;
using ShTP.ServiceDefaults;
using ShTP.Testing;

namespace ShTP.Services.Tests.Auth;

/// <summary>An open stream of revocations, as the gateway holds one.</summary>
internal sealed class Watch : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly AsyncServerStreamingCall<WatchRevocationsResponse> call;
    private bool hasFirst = true;

    private Watch(AsyncServerStreamingCall<WatchRevocationsResponse> call) => this.call = call;

    /// <summary>Tries until the service listens to its database.</summary>
    public static async Task<Watch> OpenAsync(ServiceHost<ShTP.Auth.AuthOptions> host)
    {
        Watch? open = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                var call = AuthSystem.Internal(host, ResourceNames.Gateway).WatchRevocations(new());
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
        if (!hasFirst)
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit));
        hasFirst = false;
        return call.ResponseStream.Current;
    }

    /// <summary>The next message that is no heartbeat.</summary>
    public async Task<Revocation> NextRevocationAsync()
    {
        while (true)
        {
            if ((await NextAsync()).Revocation is { } revocation)
                return revocation;
        }
    }

    public void Dispose() => call.Dispose();
}

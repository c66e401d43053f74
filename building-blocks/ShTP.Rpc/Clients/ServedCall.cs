using Grpc.Core;

namespace ShTP.Rpc.Clients;

/// <summary>The gRPC call that the running code serves, so that the calls it makes end with it.</summary>
internal sealed class ServedCall : IDisposable
{
    private static readonly AsyncLocal<ServedCall?> Ambient = new();

    private ServerCallContext? context;

    private ServedCall(ServerCallContext context) => this.context = context;

    /// <summary>Null outside of calls, and in work that outlives the call which started it.</summary>
    public static ServerCallContext? Current => Ambient.Value?.context;

    public static ServedCall Begin(ServerCallContext context) => Ambient.Value = new ServedCall(context);

    public void Dispose() => context = null;
}

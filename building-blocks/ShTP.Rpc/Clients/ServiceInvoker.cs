using Grpc.Core;

namespace ShTP.Rpc.Clients;

/// <summary>Calls of one service below the typed clients, as gRPC's client factory makes it.</summary>
internal sealed class ServiceInvoker(CallInvoker invoker)
{
    public CallInvoker Invoker => invoker;
}

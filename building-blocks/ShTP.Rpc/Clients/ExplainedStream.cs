using Grpc.Core;

namespace ShTP.Rpc.Clients;

/// <summary>A stream whose errors are replaced by those that <paramref name="explain"/> knows better.</summary>
internal sealed class ExplainedStream<T>(IAsyncStreamReader<T> inner, Func<RpcException, RpcException?> explain) : IAsyncStreamReader<T>
{
    public T Current => inner.Current;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            return await inner.MoveNext(cancellationToken);
        }
        catch (RpcException fault) when (explain(fault) is { } explained)
        {
            throw explained;
        }
    }
}

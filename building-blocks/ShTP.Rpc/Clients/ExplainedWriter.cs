using Grpc.Core;

namespace ShTP.Rpc.Clients;

/// <summary>A stream to a service: a write fails with what ended the call, replaced like the errors of an <see cref="ExplainedStream{T}"/>.</summary>
internal sealed class ExplainedWriter<T>(IClientStreamWriter<T> inner, Func<RpcException, RpcException?> explain) : IClientStreamWriter<T>
{
    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    public Task WriteAsync(T message) => ExplainAsync(inner.WriteAsync(message));

    public Task WriteAsync(T message, CancellationToken cancellationToken) => ExplainAsync(inner.WriteAsync(message, cancellationToken));

    public Task CompleteAsync() => ExplainAsync(inner.CompleteAsync());

    private async Task ExplainAsync(Task write)
    {
        try
        {
            await write;
        }
        catch (RpcException fault) when (explain(fault) is { } explained)
        {
            throw explained;
        }
    }
}

using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace ShTP.Gateway.Proxy;

/// <summary>
/// Counts what is sent on a connection as it goes over the wire: heads, chunks and compressed bodies. The operating system
/// counts what was acknowledged in the same way, so the two can be compared.
/// </summary>
internal sealed class SentBytes(IDuplexPipe transport) : PipeWriter, IDuplexPipe
{
    private readonly PipeWriter _output = transport.Output;
    private long _total;

    /// <summary>Since the connection was opened.</summary>
    public long Total => Volatile.Read(ref _total);

    public PipeReader Input => transport.Input;

    public PipeWriter Output => this;

    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    public override long UnflushedBytes => _output.UnflushedBytes;

    /// <summary>Serves a connection whose requests find the count among their features.</summary>
    public static async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var transport = connection.Transport;
        var sent = new SentBytes(transport);
        connection.Features.Set(sent);
        connection.Transport = sent;
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    }

    public override void Advance(int bytes)
    {
        _output.Advance(bytes);
        Add(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _output.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _output.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Add(source.Length);
        return _output.WriteAsync(source, cancellationToken);
    }

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _output.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _output.CompleteAsync(exception);

    // A pipe has one writer at a time.
    private void Add(int bytes) => Volatile.Write(ref _total, _total + bytes);
}

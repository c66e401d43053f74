using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Grpc;

/// <summary>Splits a streaming response into messages.</summary>
internal sealed class FrameReader(Stream stream, int maxMessage) : IDisposable
{
    private const int ChunkSize = 8 * 1024;

    private readonly PooledBuffer _buffer = new(ChunkSize);
    private int _start;

    /// <summary>The message, valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Whether the next message has completely arrived.</summary>
    public bool HasNext => TryFindMessage(out _);

    /// <summary>Moves to the next message; false at the end.</summary>
    /// <exception cref="IOException">The stream was interrupted, or a message is malformed or too large.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryFindMessage(out var length))
            {
                Current = _buffer.WrittenMemory.Slice(_start + GrpcFrame.HeaderSize, length);
                _start += GrpcFrame.HeaderSize + length;
                return true;
            }

            MoveToFront();
            var count = await stream.ReadAsync(_buffer.GetMemory(ChunkSize), cancellationToken);
            if (count == 0)
                return _buffer.WrittenCount == 0 ? false : throw new IOException("The service's answer broke off.");
            _buffer.Advance(count);
        }
    }

    public void Dispose() => _buffer.Dispose();

    private bool TryFindMessage(out int length)
    {
        length = 0;
        var rest = _buffer.WrittenSpan[_start..];
        if (rest.Length < GrpcFrame.HeaderSize)
            return false;
        if (GrpcFrame.ReadLength(rest) is not { } size || size > maxMessage)
            throw new IOException("The service sent a malformed or oversized message.");
        length = (int)size;
        return rest.Length >= GrpcFrame.HeaderSize + length;
    }

    private void MoveToFront()
    {
        if (_start == 0)
            return;
        var written = _buffer.Written;
        written[_start..].CopyTo(written);
        _buffer.Truncate(written.Length - _start);
        _start = 0;
    }
}

using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Grpc;

/// <summary>Splits a streaming response into messages.</summary>
internal sealed class FrameReader(Stream stream, int maxMessage) : IDisposable
{
    private const int ChunkSize = 8 * 1024;

    private readonly PooledBuffer buffer = new(ChunkSize);
    private int start;

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
                Current = buffer.WrittenMemory.Slice(start + GrpcFrame.HeaderSize, length);
                start += GrpcFrame.HeaderSize + length;
                return true;
            }

            MoveToFront();
            var count = await stream.ReadAsync(buffer.GetMemory(ChunkSize), cancellationToken);
            if (count == 0)
                return buffer.WrittenCount == 0 ? false : throw new IOException("The service's answer broke off.");
            buffer.Advance(count);
        }
    }

    public void Dispose() => buffer.Dispose();

    private bool TryFindMessage(out int length)
    {
        length = 0;
        var rest = buffer.WrittenSpan[start..];
        if (rest.Length < GrpcFrame.HeaderSize)
            return false;
        if (GrpcFrame.ReadLength(rest) is not { } size || size > maxMessage)
            throw new IOException("The service sent a malformed or oversized message.");
        length = (int)size;
        return rest.Length >= GrpcFrame.HeaderSize + length;
    }

    private void MoveToFront()
    {
        if (start == 0)
            return;
        var written = buffer.Written;
        written[start..].CopyTo(written);
        buffer.Truncate(written.Length - start);
        start = 0;
    }
}

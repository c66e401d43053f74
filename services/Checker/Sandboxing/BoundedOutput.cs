namespace ShTP.Checker.Sandboxing;

/// <summary>
/// Reads a pipe to its end on its own thread, keeps the beginning and reports when it grew too long. Reads of pipes
/// block, so on the thread pool a few slow programs would delay everything else.
/// </summary>
internal sealed class BoundedOutput : IDisposable
{
    private readonly Stream _pipe;
    private readonly MemoryStream _kept = new();
    private readonly long _maxKept;
    private readonly long _maxBytes;
    private readonly Thread _reader;
    private long _length;

    public BoundedOutput(Stream pipe, long maxKept, long maxBytes)
    {
        _pipe = pipe;
        _maxKept = maxKept;
        _maxBytes = maxBytes;
        _reader = new Thread(Read, 128 * 1024) { IsBackground = true, Name = "sandbox output" };
        _reader.Start();
    }

    public bool IsTooLong => Interlocked.Read(ref _length) > _maxBytes;

    /// <summary>The kept output, after the last process with the pipe has ended.</summary>
    public byte[] Finish()
    {
        _reader.Join();
        return _kept.ToArray();
    }

    public void Dispose() => _kept.Dispose();

    private void Read()
    {
        var buffer = new byte[32 * 1024];
        try
        {
            for (var count = _pipe.Read(buffer); count > 0; count = _pipe.Read(buffer))
            {
                _kept.Write(buffer, 0, (int)Math.Min(count, _maxKept - _kept.Length));
                Interlocked.Add(ref _length, count);
            }
        }
        catch (IOException)
        {
            // The writer was killed; the output so far is used.
        }
    }
}

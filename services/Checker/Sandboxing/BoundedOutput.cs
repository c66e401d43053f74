namespace ShTP.Checker.Sandboxing;

/// <summary>
/// Reads a pipe to its end on its own thread, keeps the beginning and reports when it grew too long. Reads of pipes
/// block, so on the thread pool a few slow programs would delay everything else.
/// </summary>
internal sealed class BoundedOutput : IDisposable
{
    private readonly Stream pipe;
    private readonly MemoryStream kept = new();
    private readonly long maxKept;
    private readonly long maxBytes;
    private readonly Thread reader;
    private long length;

    public BoundedOutput(Stream pipe, long maxKept, long maxBytes)
    {
        this.pipe = pipe;
        this.maxKept = maxKept;
        this.maxBytes = maxBytes;
        reader = new Thread(Read, 128 * 1024) { IsBackground = true, Name = "sandbox output" };
        reader.Start();
    }

    public bool IsTooLong => Interlocked.Read(ref length) > maxBytes;

    /// <summary>The kept output, after the last process with the pipe has ended.</summary>
    public byte[] Finish()
    {
        reader.Join();
        return kept.ToArray();
    }

    public void Dispose() => kept.Dispose();

    private void Read()
    {
        var buffer = new byte[32 * 1024];
        try
        {
            for (var count = pipe.Read(buffer); count > 0; count = pipe.Read(buffer))
            {
                kept.Write(buffer, 0, (int)Math.Min(count, maxKept - kept.Length));
                Interlocked.Add(ref length, count);
            }
        }
        catch (IOException)
        {
            // The writer was killed; the output so far is used.
        }
    }
}

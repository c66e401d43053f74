namespace ShTP.Transcoding.Catalog;

/// <summary>Bounds of transcoded calls; section <c>Gateway:Transcoding</c>.</summary>
public sealed class TranscodingOptions
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromHours(1);

    /// <summary>The most a request message may have, in bytes. Uploads have their own bounds.</summary>
    public int MaxRequestBytes { get; set; } = 1024 * 1024;

    /// <summary>The most an answer, or one message of a stream, may have, in bytes.</summary>
    public int MaxResponseBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>JSON answers of this size and more are compressed for clients that ask for it, in bytes.</summary>
    public int CompressFromBytes { get; set; } = 4 * 1024;

    /// <summary>How long a unary call may take when its <c>.proto</c> does not say.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection to a service may take to open.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a comment goes out on an idle event stream, so that proxies keep it open.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Everything that is wrong with the values, one line each.</summary>
    public IEnumerable<string> FindFaults()
    {
        foreach (var (name, bytes) in new[] { (nameof(MaxRequestBytes), MaxRequestBytes), (nameof(MaxResponseBytes), MaxResponseBytes), (nameof(CompressFromBytes), CompressFromBytes) })
        {
            if (bytes < 1)
                yield return $"Gateway:Transcoding:{name} must be at least 1 byte, it is {bytes}.";
        }

        foreach (var (name, time) in new[] { (nameof(Timeout), Timeout), (nameof(ConnectTimeout), ConnectTimeout), (nameof(KeepAlive), KeepAlive) })
        {
            if (time <= TimeSpan.Zero || time > LongestTime)
                yield return $"Gateway:Transcoding:{name} must be longer than nothing and at most {LongestTime}, it is {time}.";
        }
    }
}

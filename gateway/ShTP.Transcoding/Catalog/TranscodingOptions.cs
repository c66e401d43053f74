namespace ShTP.Transcoding.Catalog;

/// <summary>Bounds of transcoded calls; section <c>Gateway:Transcoding</c>.</summary>
public sealed class TranscodingOptions
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromHours(1);

    /// <summary>Largest request message in bytes. Uploads have their own limits.</summary>
    public int MaxRequestBytes { get; set; } = 1024 * 1024;

    /// <summary>Largest size of a response, or of one message of a stream, in bytes.</summary>
    public int MaxResponseBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>JSON responses of at least this size, in bytes, are compressed for clients that accept it.</summary>
    public int CompressFromBytes { get; set; } = 4 * 1024;

    /// <summary>Time limit of a unary call whose <c>.proto</c> has no <c>timeout_seconds</c>.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time limit for opening a connection to a service.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Interval of comments on an idle event stream, so that proxies keep it open.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The faults of the values, one line each.</summary>
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

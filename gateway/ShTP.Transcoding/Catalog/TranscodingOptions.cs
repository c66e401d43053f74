namespace ShTP.Transcoding.Catalog;

/// <summary>Bounds of transcoded calls; section <c>Gateway:Transcoding</c>.</summary>
public sealed class TranscodingOptions
{
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
}

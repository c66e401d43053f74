namespace ShTP.Files.Blobs;

/// <summary>The configuration section <c>Files:S3</c>.</summary>
internal sealed class S3Options
{
    /// <summary>Address of the S3-compatible service.</summary>
    public string ServiceUrl { get; set; } = "";

    public string Bucket { get; set; } = "";

    public string Region { get; set; } = "us-east-1";

    public string AccessKey { get; set; } = "";

    public string SecretKey { get; set; } = "";

    /// <summary><c>https://service/bucket/name</c> instead of <c>https://bucket.service/name</c>; most services other than Amazon's need it.</summary>
    public bool ForcePathStyle { get; set; } = true;
}

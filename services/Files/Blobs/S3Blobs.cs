using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;

namespace ShTP.Files.Blobs;

/// <summary>Blobs as objects <c>folder/name</c> in a bucket of an S3-compatible service.</summary>
internal sealed class S3Blobs(IOptions<FilesOptions> options) : IBlobStorage, IDisposable
{
    private readonly string _bucket = options.Value.S3.Bucket;
    private readonly AmazonS3Client _client = Connect(options.Value.S3);

    public async Task PutAsync(BlobKey key, TemporaryFile content, CancellationToken cancellationToken)
    {
        if (await MetadataAsync(key, cancellationToken) is not null)
            return;
        content.Stream.Position = 0;
        await _client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = _bucket,
            Key = NameOf(key),
            InputStream = content.Stream,
            AutoCloseStream = false,
            UseChunkEncoding = false, // some compatible services store the signatures of the chunks as content (findings/s3-chunks-stored.sh)
        }, cancellationToken);
    }

    public async Task<BlobContent?> FindAsync(BlobKey key, CancellationToken cancellationToken) =>
        await MetadataAsync(key, cancellationToken) is { } metadata
            ? new BlobContent(
                metadata.ContentLength,
                metadata.LastModified is { } modified ? new DateTimeOffset(modified.ToUniversalTime()) : DateTimeOffset.UnixEpoch,
                LocalPath: null,
                () => new S3ObjectStream(_client, _bucket, NameOf(key), metadata.ContentLength))
            : null;

    public async Task DeleteAsync(BlobKey key, CancellationToken cancellationToken) =>
        await _client.DeleteObjectAsync(_bucket, NameOf(key), cancellationToken);

    public async Task CheckAsync(CancellationToken cancellationToken) =>
        await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket, MaxKeys = 1 }, cancellationToken);

    public void Dispose() => _client.Dispose();

    private static string NameOf(BlobKey key) => $"{key.Folder}/{key.Name}";

    private static AmazonS3Client Connect(S3Options s3) => new(
        new BasicAWSCredentials(s3.AccessKey, s3.SecretKey),
        new AmazonS3Config
        {
            ServiceURL = s3.ServiceUrl,
            AuthenticationRegion = s3.Region,
            ForcePathStyle = s3.ForcePathStyle,
            Timeout = TimeSpan.FromSeconds(30),
            MaxErrorRetry = 2,
            // Some compatible services do not support Amazon's newer checksums; the name is already a checksum.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    private async Task<GetObjectMetadataResponse?> MetadataAsync(BlobKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetObjectMetadataAsync(_bucket, NameOf(key), cancellationToken);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}

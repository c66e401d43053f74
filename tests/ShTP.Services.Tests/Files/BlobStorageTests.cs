using Microsoft.Extensions.Options;
using ShTP.Files;
using ShTP.Files.Blobs;
using Xunit;

namespace ShTP.Services.Tests.Files;

/// <summary>Both storages, by one set of rules.</summary>
public sealed class BlobStorageTests : IAsyncDisposable, IDisposable
{
    private readonly StorageFolder _folder = new();
    private readonly TemporaryFiles _temporary;
    private S3Server? _s3;

    public BlobStorageTests() => _temporary = _folder.Temporary();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_s3 is not null)
            await _s3.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        _temporary.Dispose();
        if (Directory.Exists(_folder.Path))
            _folder.Dispose();
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    public async Task Put_ThenFind_GivesTheBytesBack(string kind)
    {
        var storage = await StorageAsync(kind);
        var content = new byte[200_000];
        new Random(3).NextBytes(content);
        var key = await StorageFolder.PutAsync(storage, _temporary, "achievements", content, "pdf", Cancellation);
        var found = await storage.FindAsync(key, Cancellation);
        Assert.NotNull(found);
        Assert.Equal(content.Length, found.Size);
        Assert.InRange(found.LastModified, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.Equal(content, await ReadAsync(found, 0));
        Assert.Equal(content[150_000..], await ReadAsync(found, 150_000));
        Assert.Empty(await ReadAsync(found, content.Length));
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    public async Task Put_Twice_StoresOnce(string kind)
    {
        var storage = await StorageAsync(kind);
        var first = await StorageFolder.PutAsync(storage, _temporary, "avatars", "same"u8.ToArray(), "png", Cancellation);
        await StorageFolder.PutAsync(storage, _temporary, "avatars", "same"u8.ToArray(), "png", Cancellation);
        Assert.NotNull(await storage.FindAsync(first, Cancellation));
        if (_s3 is not null)
            Assert.Equal(1, await _s3.CountPutsAsync());
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    public async Task Folders_SameName_AreSeparate(string kind)
    {
        var storage = await StorageAsync(kind);
        var key = await StorageFolder.PutAsync(storage, _temporary, "achievements", "secret"u8.ToArray(), "png", Cancellation);
        Assert.Null(await storage.FindAsync(key with { Folder = "avatars" }, Cancellation));
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    public async Task Delete_Twice_LeavesNothing(string kind)
    {
        var storage = await StorageAsync(kind);
        var key = await StorageFolder.PutAsync(storage, _temporary, "avatars", "gone"u8.ToArray(), "png", Cancellation);
        await storage.DeleteAsync(key, Cancellation);
        await storage.DeleteAsync(key, Cancellation);
        Assert.Null(await storage.FindAsync(key, Cancellation));
        Assert.Empty(_folder.Contents());
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    public async Task Check_UsableStorage_Passes(string kind) => await (await StorageAsync(kind)).CheckAsync(Cancellation);

    [Fact]
    public async Task Check_MissingBucket_Throws()
    {
        var storage = await StorageAsync("s3", "other");
        await Assert.ThrowsAnyAsync<Amazon.S3.AmazonS3Exception>(() => storage.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task Disk_Layout_SpreadsOverDirectories()
    {
        var key = await StorageFolder.PutAsync(_folder.Disk(), _temporary, "avatars", "x"u8.ToArray(), "png", Cancellation);
        Assert.Equal([Path.Combine("avatars", key.Name[..2], key.Name[2..4], key.Name)], _folder.Contents());
    }

    [Fact]
    public async Task TemporaryFiles_OfAKilledProcess_AreRemovedAtStart_AndLivingOnesKept()
    {
        await using var mine = _temporary.Create();
        await mine.Stream.WriteAsync("half"u8.ToArray(), Cancellation);
        var killed = Path.Combine(_temporary.Root, "0123456789abcdef0123456789abcdef");
        Directory.CreateDirectory(killed);
        await File.WriteAllTextAsync(Path.Combine(killed, "leftover"), "half", Cancellation);
        await File.WriteAllTextAsync(killed + ".lock", "", Cancellation);
        var unlocked = Path.Combine(_temporary.Root, "fedcba9876543210fedcba9876543210");
        Directory.CreateDirectory(unlocked);

        using var restarted = _folder.Temporary();

        Assert.False(Directory.Exists(killed));
        Assert.False(File.Exists(killed + ".lock"));
        Assert.False(Directory.Exists(unlocked));
        Assert.True(File.Exists(mine.Path));
    }

    [Fact]
    public void Options_EverythingWrong_IsReportedAtOnce()
    {
        var file = Path.Combine(_folder.Path, "a-file");
        File.WriteAllText(file, "");
        var result = new FilesOptionsValidation().Validate(null, new FilesOptions
        {
            Directory = Path.Combine(file, "below"),
            Storage = "s3",
            QuotaBytes = 0,
            Grace = TimeSpan.Zero,
        });
        var faults = string.Join("\n", result.Failures!);
        foreach (var part in (string[])["Files:Directory", "Files:S3:ServiceUrl", "Files:S3:Bucket", "Files:S3:AccessKey", "Files:S3:SecretKey", "Files:QuotaBytes", "Files:Grace"])
            Assert.Contains(part, faults, StringComparison.Ordinal);
        Assert.True(new FilesOptionsValidation().Validate(null, _folder.Options).Succeeded);
    }

    private static async Task<byte[]> ReadAsync(BlobContent content, long from)
    {
        await using var stream = content.Open();
        stream.Position = from;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }

    private async Task<IBlobStorage> StorageAsync(string kind, string bucket = S3Server.Bucket)
    {
        _folder.Options.Storage = kind;
        if (kind != "s3")
            return _folder.Disk();
        _s3 = await S3Server.StartAsync();
        _folder.Options.S3 = _s3.Options(bucket);
        return new S3Blobs(Options.Create(_folder.Options));
    }
}

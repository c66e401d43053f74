using System.Security.Cryptography;
using ShTP.Backup;
using ShTP.Backup.Sealing;
using Xunit;

namespace ShTP.Services.Tests.Backups;

/// <summary>Encrypted content is opened as it was, by one key, or not at all.</summary>
public sealed class SealedStreamsTests : IDisposable
{
    private const string Purpose = "dump of usersdb";
    private const int Tag = 16;

    private readonly KeyFiles _keys = new();

    public void Dispose() => _keys.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SealedStreams.ChunkLength - 1)]
    [InlineData(SealedStreams.ChunkLength)]
    [InlineData(SealedStreams.ChunkLength + 1)]
    [InlineData(3 * SealedStreams.ChunkLength)]
    public async Task Open_ContentOfAnyLength_GivesItBack(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);

        var @sealed = await SealAsync(content);

        Assert.Equal(content, await OpenAsync(@sealed));
        if (length >= 16)
            Assert.True(@sealed.AsSpan().IndexOf(content.AsSpan(0, 16)) < 0, "the content can be read");
    }

    [Fact]
    public async Task Seal_SameContentTwice_LooksDifferent()
    {
        var content = new byte[100];

        Assert.NotEqual(await SealAsync(content), await SealAsync(content));
    }

    [Theory]
    [InlineData(0)] // the magic
    [InlineData(8)] // the form of the point
    [InlineData(20)] // the point
    [InlineData(80)] // the first chunk
    [InlineData(-1)] // the last tag
    public async Task Open_ChangedByte_Refuses(int position)
    {
        var @sealed = await SealAsync(new byte[SealedStreams.ChunkLength * 2]);
        @sealed[position < 0 ? ^1 : position] ^= 1;

        await Assert.ThrowsAsync<BackupException>(() => OpenAsync(@sealed));
    }

    [Fact]
    public async Task Open_CutAnywhere_Refuses()
    {
        var @sealed = await SealAsync(new byte[SealedStreams.ChunkLength * 2 + 100]);
        var chunk = SealedStreams.ChunkLength + Tag;
        int[] ends = [0, 7, SealedStreams.HeaderLength - 1, SealedStreams.HeaderLength, SealedStreams.HeaderLength + 5, SealedStreams.HeaderLength + chunk, SealedStreams.HeaderLength + 2 * chunk, @sealed.Length - 1];

        foreach (var end in ends)
            await Assert.ThrowsAsync<BackupException>(() => OpenAsync(@sealed[..end]));
    }

    [Fact]
    public async Task Open_ChunksMovedRepeatedOrAdded_Refuses()
    {
        var @sealed = await SealAsync(RandomNumberGenerator.GetBytes(SealedStreams.ChunkLength * 3));
        var (header, chunk) = (@sealed[..SealedStreams.HeaderLength], SealedStreams.ChunkLength + Tag);
        byte[] Chunk(int number) => @sealed[(SealedStreams.HeaderLength + number * chunk)..(SealedStreams.HeaderLength + (number + 1) * chunk)];
        Assert.Equal(SealedStreams.ChunkLength * 3, (await OpenAsync([.. header, .. Chunk(0), .. Chunk(1), .. Chunk(2)])).Length);

        await Assert.ThrowsAsync<BackupException>(() => OpenAsync([.. header, .. Chunk(1), .. Chunk(0), .. Chunk(2)]));
        await Assert.ThrowsAsync<BackupException>(() => OpenAsync([.. header, .. Chunk(0), .. Chunk(0), .. Chunk(2)]));
        await Assert.ThrowsAsync<BackupException>(() => OpenAsync([.. header, .. Chunk(0), .. Chunk(2)]));
        await Assert.ThrowsAsync<BackupException>(() => OpenAsync([.. header, .. Chunk(0), .. Chunk(1), .. Chunk(2), .. Chunk(2)]));
        await Assert.ThrowsAsync<BackupException>(() => OpenAsync([.. @sealed, 0]));
    }

    [Fact]
    public async Task Open_OtherKeyOrPurpose_Refuses()
    {
        var @sealed = await SealAsync(new byte[10]);
        using var others = new KeyFiles();

        await Assert.ThrowsAsync<BackupException>(() => OpenAsync(@sealed, others));
        await Assert.ThrowsAsync<BackupException>(() => OpenAsync(@sealed, purpose: "dump of authdb"));
    }

    [Fact]
    public void Read_FilesThatAreNoSuchKey_SaysWhich()
    {
        using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP384))
            File.WriteAllText(Path.Combine(_keys.Folder, "p384.pem"), other.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Path.Combine(_keys.Folder, "text.pem"), "no key");

        Assert.Contains("is not of P-256", Refused("p384.pem", isPrivate: false));
        Assert.Contains("has no public key of P-256", Refused("text.pem", isPrivate: false));
        Assert.Contains("has no private key of P-256", Refused("public.pem", isPrivate: true));
        Assert.Contains("There is no file", Refused("nothing.pem", isPrivate: false));
        using var ours = SealingKey.ReadPublic(_keys.Public);
        using var theirs = SealingKey.ReadPrivate(_keys.Private);
        Assert.Equal(ours.Id, theirs.Id);
    }

    private string Refused(string name, bool isPrivate)
    {
        var file = Path.Combine(_keys.Folder, name);
        return Assert.Throws<BackupException>(() => isPrivate ? SealingKey.ReadPrivate(file) : SealingKey.ReadPublic(file)).Message;
    }

    private async Task<byte[]> SealAsync(byte[] content)
    {
        using var key = SealingKey.ReadPublic(_keys.Public);
        using var plain = new MemoryStream(content);
        using var target = new MemoryStream();
        await SealedStreams.SealAsync(plain, target, key, Purpose, TestContext.Current.CancellationToken);
        return target.ToArray();
    }

    private async Task<byte[]> OpenAsync(byte[] @sealed, KeyFiles? keys = null, string purpose = Purpose)
    {
        using var key = SealingKey.ReadPrivate((keys ?? _keys).Private);
        using var source = new MemoryStream(@sealed);
        using var plain = new MemoryStream();
        await SealedStreams.OpenAsync(source, plain, key, purpose, TestContext.Current.CancellationToken);
        return plain.ToArray();
    }
}

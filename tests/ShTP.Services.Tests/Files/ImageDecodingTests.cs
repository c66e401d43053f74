using Grpc.Core;
using Microsoft.Extensions.Options;
using ShTP.Files;
using ShTP.Files.Content;
using SkiaSharp;
using Xunit;

namespace ShTP.Services.Tests.Files;

public sealed class ImageDecodingTests : IDisposable
{
    private static readonly MediaType[] ImageTypes = [MediaType.Png, MediaType.Jpeg, MediaType.Gif, MediaType.Webp];

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"shtp-image-{Guid.NewGuid():N}");
    private readonly ImageDecoding _images = new(Options.Create(new FilesOptions()));

    public void Dispose()
    {
        File.Delete(_path);
        _images.Dispose();
    }

    [Theory]
    [InlineData(2000, 1000, 512, 256)]
    [InlineData(300, 900, 171, 512)]
    [InlineData(64, 32, 64, 32)]
    [InlineData(5000, 1, 512, 1)]
    public async Task EncodeAvatar_AnySize_FitsAndKeepsItsShape(int width, int height, int expectedWidth, int expectedHeight)
    {
        foreach (var (content, type) in new[] { (Pictures.Png(width, height), MediaType.Png), (Pictures.Jpeg(width, height), MediaType.Jpeg), (Pictures.Webp(width, height), MediaType.Webp) })
        {
            var avatar = await EncodeAsync(content, type);
            using var bitmap = SKBitmap.Decode(avatar.Content);
            Assert.Equal((expectedWidth, expectedHeight), (bitmap.Width, bitmap.Height));
            Assert.Equal(MediaType.Jpeg, avatar.Type);
            Assert.Equal(MediaType.Jpeg, MediaType.Detect(avatar.Content));
        }
    }

    [Fact]
    public async Task EncodeAvatar_Transparency_IsKeptAsPng()
    {
        var avatar = await EncodeAsync(Pictures.Png(100, 100, new SKColor(255, 0, 0, 100)), MediaType.Png);
        Assert.Equal(MediaType.Png, avatar.Type);
        using var bitmap = SKBitmap.Decode(avatar.Content);
        Assert.InRange(bitmap.GetPixel(50, 50).Alpha, 98, 102);
    }

    [Fact]
    public async Task EncodeAvatar_Gif_BecomesAPicture() =>
        Assert.Contains((await EncodeAsync(Pictures.Gif(), MediaType.Gif)).Type, new[] { MediaType.Png, MediaType.Jpeg });

    [Fact]
    public async Task EncodeAvatar_SameContentTwice_GivesTheSameBytes()
    {
        var picture = Pictures.Jpeg(700, 600);
        Assert.Equal((await EncodeAsync(picture, MediaType.Jpeg)).Content, (await EncodeAsync(picture, MediaType.Jpeg)).Content);
    }

    /// <summary>Where the red half, stored at the left, must be seen for each Exif orientation.</summary>
    [Theory]
    [InlineData(1, "left")]
    [InlineData(2, "right")]
    [InlineData(3, "right")]
    [InlineData(4, "left")]
    [InlineData(5, "top")]
    [InlineData(6, "top")]
    [InlineData(7, "bottom")]
    [InlineData(8, "bottom")]
    public async Task EncodeAvatar_ExifOrientation_IsApplied(byte orientation, string redSide)
    {
        using var bitmap = SKBitmap.Decode((await EncodeAsync(Pictures.OrientedJpeg(80, 40, orientation), MediaType.Jpeg)).Content);
        Assert.Equal(orientation < 5 ? (80, 40) : (40, 80), (bitmap.Width, bitmap.Height));
        var (x, y) = redSide switch
        {
            "left" => (4, bitmap.Height / 2),
            "right" => (bitmap.Width - 5, bitmap.Height / 2),
            "top" => (bitmap.Width / 2, 4),
            _ => (bitmap.Width / 2, bitmap.Height - 5),
        };
        Assert.InRange(bitmap.GetPixel(x, y).Red, 200, 255);
        Assert.InRange(bitmap.GetPixel(bitmap.Width - 1 - x, bitmap.Height - 1 - y).Blue, 200, 255);
    }

    [Fact]
    public async Task EncodeAvatar_Metadata_IsGone()
    {
        var avatar = await EncodeAsync(Pictures.OrientedJpeg(80, 40, 6), MediaType.Jpeg);
        Assert.Equal(-1, avatar.Content.AsSpan().IndexOf("Exif"u8));
    }

    [Fact]
    public async Task EncodeAvatar_AppendedHtml_IsGone()
    {
        byte[] polyglot = [.. Pictures.Png(50, 50), .. "<script>alert(1)</script>"u8];
        Assert.Equal(-1, (await EncodeAsync(polyglot, MediaType.Png)).Content.AsSpan().IndexOf("<script>"u8));
    }

    [Fact]
    public async Task Check_DecompressionBomb_IsRefusedWithoutTheMemory()
    {
        var bomb = Pictures.PngBomb(30_000, 30_000); // 3.6 GB of pixels
        Assert.True(bomb.Length < 1024 * 1024);
        var before = Environment.WorkingSet;
        var fault = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(bomb, MediaType.Png));
        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Equal("The image is too large: 30000 x 30000 pixels, at most 40 megapixels are accepted", fault.Status.Detail);
        Assert.True(Environment.WorkingSet - before < 500 * 1024 * 1024);
    }

    [Fact]
    public async Task Check_CutOff_IsRefusedForEveryType()
    {
        foreach (var type in ImageTypes)
        {
            var whole = Noise(type);
            await CheckAsync(whole, type);
            var fault = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(whole[..(whole.Length / 2)], type));
            Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        }
    }

    [Fact]
    public async Task Check_OtherFormatThanItsFirstBytes_IsRefused()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(() => CheckAsync([0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. "not a picture"u8], MediaType.Png));
        Assert.Equal("The content says that it is image/png, but it cannot be decoded as that", fault.Status.Detail);
    }

    [Fact]
    public async Task Check_RandomDamage_NeverThrowsAnythingElse()
    {
        var random = new Random(20261124);
        foreach (var type in ImageTypes)
        {
            for (var round = 0; round < 60; round++)
            {
                var damaged = Noise(type);
                for (var i = 0; i < 1 + round % 8; i++)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                var fault = await Record.ExceptionAsync(() => CheckAsync(damaged, type));
                Assert.True(fault is null or RpcException { StatusCode: StatusCode.InvalidArgument }, $"{type.Name}, round {round}: {fault}");
            }
        }
    }

    private static byte[] Noise(MediaType type)
    {
        if (type == MediaType.Gif)
            return Pictures.Gif();
        using var bitmap = new SKBitmap(120, 90);
        var random = new Random(7);
        for (var i = 0; i < 120 * 90; i++)
            bitmap.SetPixel(i % 120, i / 120, new SKColor((uint)random.Next() | 0xFF000000));
        using var encoded = bitmap.Encode(type == MediaType.Png ? SKEncodedImageFormat.Png : type == MediaType.Jpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Webp, 90);
        return encoded.ToArray();
    }

    private async Task<(byte[] Content, MediaType Type)> EncodeAsync(byte[] content, MediaType type)
    {
        await File.WriteAllBytesAsync(_path, content, TestContext.Current.CancellationToken);
        return await _images.EncodeAvatarAsync(_path, type, TestContext.Current.CancellationToken);
    }

    private async Task CheckAsync(byte[] content, MediaType type)
    {
        await File.WriteAllBytesAsync(_path, content, TestContext.Current.CancellationToken);
        await _images.CheckAsync(_path, type, TestContext.Current.CancellationToken);
    }
}

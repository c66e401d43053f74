using Microsoft.Extensions.Options;
using ShTP.Rpc.Errors;
using SkiaSharp;

namespace ShTP.Files.Content;

/// <summary>
/// Decodes images, a few at a time: dimensions are checked before a pixel is decoded, so that memory is bounded by
/// slots x megapixels x 4 bytes whatever an image claims to be. Photos may be larger: they are decoded to a smaller size.
/// </summary>
internal sealed class ImageDecoding(IOptions<FilesOptions> options) : IDisposable
{
    private const int AvatarSide = 512;
    private const int JpegQuality = 88;

    // What the smallest size is that JPEG decodes to.
    private const float Smallest = 1f / 8;

    // Lines of a row of blocks, which is decoded as a whole or not at all.
    private const int BlockLines = 16;

    private static readonly TimeSpan SlotLimit = TimeSpan.FromSeconds(20);

    // The largest image takes a second or two, and the next call waits for a slot again.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly int _maxMegapixels = options.Value.MaxMegapixels;
    private readonly int _maxPhotoMegapixels = options.Value.MaxPhotoMegapixels;
    private readonly SemaphoreSlim _slots = new(options.Value.DecodeSlots);

    /// <summary>Requires a file to be a complete image of the given type.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when it is not; RESOURCE_EXHAUSTED when all slots stay busy.</exception>
    public Task CheckAsync(string path, MediaType type, CancellationToken cancellationToken) => InSlotAsync(() =>
    {
        using var codec = Open(path, type);
        using var pixels = Decode(path, codec, type == MediaType.Jpeg ? codec.GetScaledDimensions(Smallest) : codec.Info.Size);
        return true;
    }, cancellationToken);

    /// <summary>
    /// The upright image, at most 512 pixels wide and high, encoded again. Only pixels are kept: no metadata such as
    /// the location, and no data appended to the file.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">As for <see cref="CheckAsync"/>.</exception>
    public Task<(byte[] Content, MediaType Type)> EncodeAvatarAsync(string path, MediaType type, CancellationToken cancellationToken) => InSlotAsync(() =>
    {
        using var codec = Open(path, type);
        // JPEG and WebP can be decoded to a smaller size at a fraction of the cost; other types cannot.
        var full = codec.Info.Size;
        var wanted = Math.Min(1f, 2f * AvatarSide / Math.Max(full.Width, full.Height));
        using var pixels = Decode(path, codec, codec.GetScaledDimensions(wanted));
        using var avatar = Draw(pixels, codec.EncodedOrigin);
        var result = avatar.PeekPixels().GetPixelSpan<uint>().ContainsAnyExceptInRange(0xFF000000, 0xFFFFFFFF) ? MediaType.Png : MediaType.Jpeg;
        using var encoded = avatar.Encode(result == MediaType.Png ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, JpegQuality)
            ?? throw new InvalidOperationException("SkiaSharp could not encode an image that it had decoded");
        return (encoded.ToArray(), result);
    }, cancellationToken);

    public void Dispose() => _slots.Dispose();

    private SKCodec Open(string path, MediaType type)
    {
        var codec = SKCodec.Create(path) ?? throw Undecodable(type);
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var most = type == MediaType.Jpeg ? _maxPhotoMegapixels : _maxMegapixels;
        if ((long)width * height <= most * 1_000_000L && codec.EncodedFormat == FormatOf(type))
            return codec;
        var fault = codec.EncodedFormat == FormatOf(type)
            ? RpcErrors.Invalid($"The image is too large: {width} x {height} pixels, at most {most} megapixels are accepted")
            : Undecodable(type);
        codec.Dispose();
        throw fault;

        static SKEncodedImageFormat FormatOf(MediaType type) =>
            type == MediaType.Png ? SKEncodedImageFormat.Png
            : type == MediaType.Jpeg ? SKEncodedImageFormat.Jpeg
            : type == MediaType.Gif ? SKEncodedImageFormat.Gif
            : SKEncodedImageFormat.Webp;
    }

    private static SKBitmap Decode(string path, SKCodec codec, SKSizeI size)
    {
        using var srgb = SKColorSpace.CreateSrgb();
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul, srgb);
        var pixels = new SKBitmap();
        if (!pixels.TryAllocPixels(info))
        {
            pixels.Dispose();
            throw new InsufficientMemoryException($"No memory for {size.Width} x {size.Height} pixels");
        }

        var result = codec.GetPixels(info, pixels.GetPixels());
        if (result == SKCodecResult.IncompleteInput && codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
            result = DecodeWithoutEnd(path, info, pixels);
        if (result == SKCodecResult.Success)
            return pixels;
        pixels.Dispose();
        throw result == SKCodecResult.IncompleteInput
            ? RpcErrors.Invalid("The image is cut off: a part of the file is missing")
            : RpcErrors.Invalid("The image is damaged and cannot be decoded");
    }

    // Cameras and messengers leave bytes of the end out, and every viewer shows what there is. Here the last row of blocks
    // would be missed for a single byte; it is decoded when it is all that is missing and an end is put there.
    private static SKCodecResult DecodeWithoutEnd(string path, SKImageInfo info, SKBitmap pixels)
    {
        using var content = SKData.CreateCopy([.. File.ReadAllBytes(path), 0xFF, 0xD9]);
        using var whole = SKCodec.Create(content);
        using var cut = SKCodec.Create(path);
        if (cut is null || cut.StartScanlineDecode(info) != SKCodecResult.Success)
            return SKCodecResult.IncompleteInput;
        var missing = info.Height - cut.GetScanlines(pixels.GetPixels(), info.Height, info.RowBytes);
        var lines = (int)Math.Ceiling((double)BlockLines * info.Height / cut.Info.Height);
        return missing <= lines && missing * 2 <= info.Height && whole is not null ? whole.GetPixels(info, pixels.GetPixels()) : SKCodecResult.IncompleteInput;
    }

    private static SKBitmap Draw(SKBitmap source, SKEncodedOrigin origin)
    {
        var scale = Math.Min(1f, (float)AvatarSide / Math.Max(source.Width, source.Height));
        var width = Math.Max(1, (int)MathF.Round(source.Width * scale));
        var height = Math.Max(1, (int)MathF.Round(source.Height * scale));
        var turned = origin >= SKEncodedOrigin.LeftTop; // the four origins that swap width and height
        using var srgb = SKColorSpace.CreateSrgb();
        var avatar = new SKBitmap(new SKImageInfo(turned ? height : width, turned ? width : height, SKColorType.Rgba8888, SKAlphaType.Premul, srgb));
        avatar.Erase(SKColors.Transparent);
        using var canvas = new SKCanvas(avatar);
        canvas.SetMatrix(Upright(origin, width, height));
        using var image = SKImage.FromBitmap(source);
        using var paint = new SKPaint { BlendMode = SKBlendMode.Src };
        canvas.DrawImage(image, new SKRect(0, 0, width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear), paint);
        canvas.Flush();
        return avatar;
    }

    /// <summary>Exif 2.32, tag 274: the orientation of row 0 and column 0.</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, int width, int height) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, height, -1, 0, width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    private static Grpc.Core.RpcException Undecodable(MediaType type) => RpcErrors.Invalid($"The content says that it is {type.Name}, but it cannot be decoded as that");

    private async Task<T> InSlotAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (!await _slots.WaitAsync(SlotLimit, cancellationToken))
            throw RpcErrors.TooMany("Too many images are being processed, try again", RetryAfter);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }
}

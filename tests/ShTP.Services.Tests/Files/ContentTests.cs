using Grpc.Core;
using ShTP.Files.Content;
using ShTP.Files.StoredFiles;
using ShTP.Files.V1;
using Xunit;

namespace ShTP.Services.Tests.Files;

public sealed class ContentTests
{
    [Fact]
    public void Detect_EachType_ByItsFirstBytes()
    {
        Assert.Equal(MediaType.Png, MediaType.Detect(Pictures.Png(1, 1)));
        Assert.Equal(MediaType.Jpeg, MediaType.Detect(Pictures.Jpeg(1, 1)));
        Assert.Equal(MediaType.Gif, MediaType.Detect(Pictures.Gif()));
        Assert.Equal(MediaType.Webp, MediaType.Detect(Pictures.Webp(1, 1)));
        Assert.Equal(MediaType.Pdf, MediaType.Detect(Pictures.Pdf()));
        Assert.Equal(MediaType.Zip, MediaType.Detect("PK\u0003\u0004rest"u8));
        Assert.Null(MediaType.Detect("print(1)"u8));
        Assert.Null(MediaType.Detect([]));
        Assert.Null(MediaType.Detect("RIFF1234WAVE"u8));
        Assert.Null(MediaType.Detect([0xFF, 0xD8]));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("\uFEFF")]
    [InlineData("\uFEFF \n")]
    public void Detect_PdfBehindBlanksOrAMark_IsAPdf(string before) => Assert.Equal(MediaType.Pdf, MediaType.Detect([.. System.Text.Encoding.UTF8.GetBytes(before), .. Pictures.Pdf()]));

    [Theory]
    [InlineData("<html>\n")]
    [InlineData("\uFEFF\uFEFF")]
    [InlineData("x")]
    public void Detect_PdfBehindSomethingElse_IsNone(string before) => Assert.Null(MediaType.Detect([.. System.Text.Encoding.UTF8.GetBytes(before), .. Pictures.Pdf()]));

    [Theory]
    [InlineData("me.png", "me.png")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\me\\photo.jpg", "photo.jpg")]
    [InlineData("a\r\nSet-Cookie: x\0.png", "aSet-Cookie: x.png")]
    [InlineData("evil\u202Egnp.exe", "evilgnp.exe")]
    [InlineData("", "file")]
    [InlineData("dir/", "file")]
    [InlineData("..", "file")]
    [InlineData("  фото.png ", "фото.png")]
    public void Clean_AnyName_IsFitToBeShown(string name, string expected) => Assert.Equal(expected, OriginalName.Clean(name));

    [Fact]
    public void Clean_LongName_IsCutBetweenCharacters()
    {
        var cleaned = OriginalName.Clean(string.Concat(Enumerable.Repeat("a", 254)) + "😀😀");
        Assert.Equal(254, cleaned.Length);
        Assert.False(char.IsSurrogate(cleaned[^1]));
    }

    [Fact]
    public void Parse_EveryFault_IsNamedAtOnce()
    {
        var header = new StoreHeader { OwnerId = "x", Kind = "virus", MaxBytes = -1, OriginalName = new string('n', 5000) };
        var fault = Assert.Throws<RpcException>(() => Upload.Parse(header));
        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        foreach (var field in (string[])["ownerId", "kind", "maxBytes", "originalName"])
            Assert.Contains(field + ":", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Limits_AreTheNarrowerOfHeaderAndKind()
    {
        var owner = Guid.NewGuid().ToString();
        Assert.Equal(100, Upload.Parse(new StoreHeader { OwnerId = owner, Kind = "avatar", MaxBytes = 100 }).MaxBytes);
        Assert.Equal(10 * 1024 * 1024, Upload.Parse(new StoreHeader { OwnerId = owner, Kind = "avatar", MaxBytes = long.MaxValue }).MaxBytes);
        Assert.Equal([MediaType.Pdf], Upload.Parse(new StoreHeader { OwnerId = owner, Kind = "achievement", ContentTypes = { "application/pdf", "text/html" } }).Accepted);
        Assert.Throws<RpcException>(() => Upload.Parse(new StoreHeader { OwnerId = owner, Kind = "avatar", ContentTypes = { "text/html" } }));
    }
}

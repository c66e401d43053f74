using System.Text;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Files.V1;
using Xunit;

namespace ShTP.Services.Tests.Files;

public sealed class StoreTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_Achievement_KeepsItsBytes()
    {
        var content = Encoding.ASCII.GetBytes("%PDF-1.7\n" + new string('x', 200_000));
        var file = await host.StoreAsync(Guid.NewGuid(), "achievement", content, "../диплом.pdf");
        Assert.Equal(StorageFolder.NameOf(content, "pdf"), file.Name);
        Assert.Equal(("application/pdf", content.Length, "диплом.pdf"), (file.ContentType, file.Size, file.OriginalName));
        Assert.Equal(content, await host.ReadAsync(file.FileId));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\uFEFF")]
    public async Task Store_PdfBehindALineBreakOrAMark_KeepsItsBytes(string before)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes(before), .. Pictures.Pdf()];
        var file = await host.StoreAsync(Guid.NewGuid(), "achievement", content, "диплом.pdf", types: ["application/pdf"]);
        Assert.Equal(("application/pdf", StorageFolder.NameOf(content, "pdf")), (file.ContentType, file.Name));
        Assert.Equal(content, await host.ReadAsync(file.FileId));
    }

    [Theory]
    [InlineData(8000, 6000)]
    [InlineData(8160, 6120)]
    public async Task Store_PhotoOfATelephone_IsAccepted(int width, int height)
    {
        var photo = Pictures.Photo(width, height);
        var proof = await host.StoreAsync(Guid.NewGuid(), "achievement", photo, "IMG_0001.jfif");
        Assert.Equal(photo.Length, proof.Size);
        var avatar = await host.StoreAsync(Guid.NewGuid(), "avatar", photo, "IMG_0001.jpg");
        using var bitmap = SkiaSharp.SKBitmap.Decode(await host.ReadAsync(avatar.FileId));
        Assert.Equal((512, 384), (bitmap.Width, bitmap.Height));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public async Task Store_PhotoWithoutItsLastBytes_IsAccepted(int missing)
    {
        var photo = Pictures.Photo(800, 600)[..^missing];
        var proof = await host.StoreAsync(Guid.NewGuid(), "achievement", photo, "a.jpg");
        Assert.Equal(photo, await host.ReadAsync(proof.FileId));
        var avatar = await host.StoreAsync(Guid.NewGuid(), "avatar", photo, "a.jpg");
        using var bitmap = SkiaSharp.SKBitmap.Decode(await host.ReadAsync(avatar.FileId));
        Assert.Equal((512, 384), (bitmap.Width, bitmap.Height));
    }

    [Fact]
    public async Task Store_Avatar_IsEncodedAnew()
    {
        byte[] picture = [.. Pictures.Png(1000, 500), .. "<script>"u8];
        var file = await host.StoreAsync(Guid.NewGuid(), "avatar", picture, "me.png");
        var stored = await host.ReadAsync(file.FileId);
        Assert.Equal((StorageFolder.NameOf(stored, "jpg"), "image/jpeg", stored.Length), (file.Name, file.ContentType, file.Size));
        using var bitmap = SkiaSharp.SKBitmap.Decode(stored);
        Assert.Equal((512, 256), (bitmap.Width, bitmap.Height));
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "avatar", "pdf", "Files with such extensions are forbidden: the content is application/pdf, accepted are image/png, image/jpeg, image/gif, image/webp" },
        { "avatar", "text", "Files with such extensions are forbidden: the content is of no known type, accepted are image/png, image/jpeg, image/gif, image/webp" },
        { "avatar", "bomb", "The image is too large: 20000 x 20000 pixels, at most 40 megapixels are accepted" },
        { "avatar", "cut", "The image is cut off: a part of the file is missing" },
        { "achievement", "cut", "The image is cut off: a part of the file is missing" },
        { "achievement", "gif", "Can't upload such file; Check extension: [pdf, png, jpg, jpeg]: the content is image/gif, accepted are image/png, image/jpeg, application/pdf" },
        { "achievement", "zip", "Can't upload such file; Check extension: [pdf, png, jpg, jpeg]: the content is application/zip, accepted are image/png, image/jpeg, application/pdf" },
        { "achievement", "binary", "Can't upload such file; Check extension: [pdf, png, jpg, jpeg]: the content is of no known type, accepted are image/png, image/jpeg, application/pdf" },
        { "source", "png", "kind: must be one of avatar, achievement" },
        { "avatar", "empty", "The file is empty" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Store_ContentThatTheKindDoesNotAllow_IsInvalidAndLeavesNothing(string kind, string content, string detail)
    {
        var owner = Guid.NewGuid();
        var fault = await Assert.ThrowsAsync<RpcException>(() => host.StoreAsync(owner, kind, content switch
        {
            "pdf" => Pictures.Pdf(),
            "text" => "hello"u8.ToArray(),
            "bomb" => Pictures.PngBomb(20_000, 20_000),
            "cut" => Pictures.OrientedJpeg(600, 600, 1)[..^200],
            "gif" => Pictures.Gif(),
            "zip" => "PK\u0003\u0004rest of it"u8.ToArray(),
            "png" => Pictures.Png(5, 5),
            "binary" => [1, 2, 3],
            _ => [],
        }, "picture.png"));
        Assert.Equal((StatusCode.InvalidArgument, detail), (fault.StatusCode, fault.Status.Detail));
        await AssertNothingLeftAsync(owner);
    }

    [Fact]
    public async Task Store_LargerThanTheHeaderAllows_IsTooLarge()
    {
        var owner = Guid.NewGuid();
        var fault = await Assert.ThrowsAsync<RpcException>(() => host.StoreAsync(owner, "achievement", new byte[500_000], maxBytes: 100_000));
        Assert.Equal((StatusCode.ResourceExhausted, "The file is too large: at most 100000 bytes are accepted"), (fault.StatusCode, fault.Status.Detail));
        await AssertNothingLeftAsync(owner);
    }

    [Fact]
    public async Task Store_TypeThatTheHeaderExcludes_IsInvalid()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(() => host.StoreAsync(Guid.NewGuid(), "avatar", Pictures.Gif(), types: ["image/png"]));
        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.EndsWith("accepted are image/png", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_MessagesOutOfOrder_AreInvalid()
    {
        var header = new StoreRequest { Header = new StoreHeader { OwnerId = Guid.NewGuid().ToString(), Kind = "achievement" } };
        var content = new StoreRequest { Content = Google.Protobuf.ByteString.CopyFromUtf8("x") };
        var large = new StoreRequest { Content = Google.Protobuf.ByteString.CopyFrom(new byte[64 * 1024 + 1]) };
        foreach (var messages in (StoreRequest[][])[[], [content], [header, header], [header, content, header], [header, new StoreRequest()], [header, large]])
        {
            using var call = host.Files.Store(cancellationToken: Cancellation);
            foreach (var message in messages)
                await call.RequestStream.WriteAsync(message, Cancellation);
            await call.RequestStream.CompleteAsync();
            var fault = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
            Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        }
    }

    [Fact]
    public async Task Store_ClientGoesAway_LeavesNothing()
    {
        var owner = Guid.NewGuid();
        using (var call = host.Files.Store(cancellationToken: Cancellation))
        {
            await call.RequestStream.WriteAsync(new StoreRequest { Header = new StoreHeader { OwnerId = owner.ToString(), Kind = "achievement" } }, Cancellation);
            await call.RequestStream.WriteAsync(new StoreRequest { Content = Google.Protobuf.ByteString.CopyFrom([.. "%PDF-"u8, .. new byte[50_000]]) }, Cancellation);
            await UntilAsync(() => TemporaryFiles().Length > 0);
        }

        await UntilAsync(() => TemporaryFiles().Length == 0);
        await AssertNothingLeftAsync(owner);
    }

    [Fact]
    public async Task Store_TwentyAtOnceAtTheLimit_NeverExceedTheQuota()
    {
        var owner = Guid.NewGuid(); // 1,000,000 bytes: nine of these fit
        var stores = Enumerable.Range(0, 20).Select(i => host.StoreAsync(owner, "achievement", [.. "%PDF-"u8, (byte)i, .. new byte[105_000]])).ToArray();
        await Task.WhenAll(stores.Select(s => s.ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default)));
        Assert.Equal(9, stores.Count(s => s.IsCompletedSuccessfully));
        foreach (var refused in stores.Where(s => s.IsFaulted))
        {
            var fault = Assert.IsType<RpcException>(refused.Exception!.InnerException);
            Assert.Equal(StatusCode.ResourceExhausted, fault.StatusCode);
            Assert.StartsWith("The storage is full: ", fault.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(9 * 105_006, await host.WithDbAsync(db => db.Files.Where(f => f.OwnerId == owner).SumAsync(f => f.Size, Cancellation)));
        Assert.NotNull(await host.StoreAsync(Guid.NewGuid(), "achievement", Pictures.Pdf())); // others are not affected
    }

    [Fact]
    public async Task GetFile_OthersOrOfOtherKind_IsNotFound()
    {
        var owner = Guid.NewGuid();
        var file = await host.StoreAsync(owner, "achievement", Pictures.Pdf());
        var found = await host.Files.GetFileAsync(new GetFileRequest { FileId = file.FileId, OwnerId = owner.ToString(), Kind = "achievement" }, cancellationToken: Cancellation);
        Assert.Equal(file, found.File);
        foreach (var request in (GetFileRequest[])[
            new() { FileId = file.FileId, OwnerId = Guid.NewGuid().ToString(), Kind = "achievement" },
            new() { FileId = file.FileId, OwnerId = owner.ToString(), Kind = "avatar" },
            new() { FileId = Guid.NewGuid().ToString(), OwnerId = owner.ToString(), Kind = "achievement" }])
        {
            var fault = await Assert.ThrowsAsync<RpcException>(() => host.Files.GetFileAsync(request, cancellationToken: Cancellation).ResponseAsync);
            Assert.Equal((StatusCode.NotFound, "No such file"), (fault.StatusCode, fault.Status.Detail));
        }
    }

    [Fact]
    public async Task Read_Unknown_IsNotFound()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(() => host.ReadAsync(Guid.NewGuid().ToString()));
        Assert.Equal(StatusCode.NotFound, fault.StatusCode);
    }

    private string[] TemporaryFiles() => [.. host.Folder.Contents().Where(f => f.StartsWith("tmp", StringComparison.Ordinal) && new FileInfo(Path.Combine(host.Folder.Path, f)) is { Exists: true, Length: > 40_000 and < 60_000 })];

    private async Task AssertNothingLeftAsync(Guid owner) =>
        Assert.False(await host.WithDbAsync(db => db.Files.AnyAsync(f => f.OwnerId == owner, Cancellation)));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var deadline = DateTime.UtcNow.AddSeconds(20); !condition(); await timer.WaitForNextTickAsync(Cancellation))
            Assert.True(DateTime.UtcNow < deadline, "waited 20 seconds");
    }
}

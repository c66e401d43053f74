using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Api.V1;
using ShTP.Files.Blobs;
using ShTP.Files.StoredFiles;
using ShTP.Files.V1;
using Xunit;

namespace ShTP.Services.Tests.Files;

/// <summary>Each test has a host of its own: collecting looks at everybody's files.</summary>
public sealed class CollectionTests : IAsyncLifetime
{
    private readonly FilesHost _host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Collect_Unclaimed_OnlyAfterTheGrace()
    {
        var file = await _host.StoreAsync(Guid.NewGuid(), "achievement", Pictures.Pdf());
        _host.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal((0, 0), await _host.CollectAsync());
        _host.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal((1, 1), await _host.CollectAsync());
        Assert.Empty(_host.Folder.Contents());
        await Assert.ThrowsAsync<RpcException>(() => _host.ReadAsync(file.FileId));
    }

    [Fact]
    public async Task Collect_Claimed_StaysUntilTheLastClaimIsReleased()
    {
        var owner = Guid.NewGuid();
        var file = await _host.StoreAsync(owner, "achievement", Pictures.Pdf());
        await ClaimAsync(file, owner, "one");
        await ClaimAsync(file, owner, "one");
        await ClaimAsync(file, owner, "two");
        _host.Clock.Advance(TimeSpan.FromDays(9));
        Assert.Equal((0, 0), await _host.CollectAsync());
        await ReleaseAsync(file, "one");
        _host.Clock.Advance(TimeSpan.FromDays(9));
        Assert.Equal((0, 0), await _host.CollectAsync());
        await ReleaseAsync(file, "two");
        Assert.Equal((0, 0), await _host.CollectAsync());
        _host.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal((1, 1), await _host.CollectAsync());
    }

    [Fact]
    public async Task Release_UnknownClaim_DoesNotProlongTheGrace()
    {
        var file = await _host.StoreAsync(Guid.NewGuid(), "achievement", Pictures.Pdf());
        _host.Clock.Advance(TimeSpan.FromHours(25));
        await ReleaseAsync(file, "never made");
        Assert.Equal((1, 1), await _host.CollectAsync());
    }

    [Fact]
    public async Task Claim_GoneFile_IsNoError_AndForeignIs()
    {
        await ClaimAsync(new UploadedFile { FileId = Guid.NewGuid().ToString() }, Guid.NewGuid(), "x");
        var file = await _host.StoreAsync(Guid.NewGuid(), "achievement", Pictures.Pdf());
        var fault = await Assert.ThrowsAsync<RpcException>(() => ClaimAsync(file, Guid.NewGuid(), "x"));
        Assert.Equal(StatusCode.NotFound, fault.StatusCode);
    }

    [Fact]
    public async Task DeleteOwner_SamePictureOfTwo_LeavesTheOthers()
    {
        var (ann, bob) = (Guid.NewGuid(), Guid.NewGuid());
        var picture = Pictures.Jpeg(300, 300);
        var (anns, bobs) = (await _host.StoreAsync(ann, "avatar", picture), await _host.StoreAsync(bob, "avatar", picture));
        Assert.Equal(anns.Name, bobs.Name);
        Assert.NotEqual(anns.FileId, bobs.FileId);
        await ClaimAsync(anns, ann, "avatar");
        await ClaimAsync(bobs, bob, "avatar");

        await _host.Files.DeleteOwnerAsync(new DeleteOwnerRequest { OwnerId = ann.ToString() }, FilesHost.Message(), cancellationToken: Cancellation);
        Assert.Equal((0, 0), await _host.CollectAsync());
        Assert.NotEmpty(await _host.ReadAsync(bobs.FileId));
        await Assert.ThrowsAsync<RpcException>(() => _host.ReadAsync(anns.FileId));

        await _host.Files.DeleteOwnerAsync(new DeleteOwnerRequest { OwnerId = bob.ToString() }, FilesHost.Message(), cancellationToken: Cancellation);
        Assert.Equal((0, 1), await _host.CollectAsync());
        Assert.Empty(_host.Folder.Contents());
        Assert.Equal(0, await _host.WithDbAsync(db => db.Claims.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task Collect_WhileTheSameContentIsStored_NeverLosesIt()
    {
        var content = Pictures.Pdf();
        for (var round = 0; round < 25; round++)
        {
            var old = Guid.NewGuid();
            await _host.StoreAsync(old, "achievement", content);
            await _host.Files.DeleteOwnerAsync(new DeleteOwnerRequest { OwnerId = old.ToString() }, FilesHost.Message(), cancellationToken: Cancellation);
            var stores = Enumerable.Range(0, 4).Select(_ => _host.StoreAsync(Guid.NewGuid(), "achievement", content)).ToArray();
            await Task.WhenAll([.. stores, _host.CollectAsync(), _host.CollectAsync()]);
            foreach (var store in stores)
                Assert.Equal(content, await _host.ReadAsync((await store).FileId));
            _host.Clock.Advance(TimeSpan.FromDays(2));
            await _host.CollectAsync();
            Assert.Empty(_host.Folder.Contents());
        }
    }

    [Fact]
    public async Task Job_RunsByItself_EveryInterval()
    {
        var file = await _host.StoreAsync(Guid.NewGuid(), "achievement", Pictures.Pdf());
        using var job = ActivatorUtilities.CreateInstance<CollectorJob>(_host.Services);
        await job.StartAsync(Cancellation);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var deadline = DateTime.UtcNow.AddSeconds(20); _host.Folder.Contents().Length > 0; await timer.WaitForNextTickAsync(Cancellation))
        {
            Assert.True(DateTime.UtcNow < deadline, $"{file.Name} is still there after 20 seconds");
            _host.Clock.Advance(TimeSpan.FromHours(1));
        }

        await job.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Collect_LostBetweenBytesAndRow_IsRepairedByTheNextStore()
    {
        var file = await _host.StoreAsync(Guid.NewGuid(), "achievement", Pictures.Pdf());
        await _host.Services.GetRequiredService<IBlobStorage>().DeleteAsync(new BlobKey("achievements", file.Name), Cancellation);
        var again = await _host.StoreAsync(Guid.NewGuid(), "achievement", Pictures.Pdf());
        Assert.Equal(Pictures.Pdf(), await _host.ReadAsync(again.FileId));
    }

    private async Task ClaimAsync(UploadedFile file, Guid owner, string claim) =>
        await _host.Files.ClaimAsync(new ClaimRequest { FileId = file.FileId, OwnerId = owner.ToString(), Claim = claim }, FilesHost.Message(), cancellationToken: Cancellation);

    private async Task ReleaseAsync(UploadedFile file, string claim) =>
        await _host.Files.ReleaseAsync(new ReleaseRequest { FileId = file.FileId, Claim = claim }, FilesHost.Message(), cancellationToken: Cancellation);
}

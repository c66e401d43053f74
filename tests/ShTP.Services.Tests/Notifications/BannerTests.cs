using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Notifications.V1;
using ShTP.Services.Tests.Audits;
using Xunit;
using static ShTP.Services.Tests.Notifications.NotificationsSystem;

namespace ShTP.Services.Tests.Notifications;

public sealed class BannerTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    [Fact]
    public async Task ListBanners_WithoutSigningIn_GivesActiveOnesNewestFirst()
    {
        var first = await system.Banners.CreateBannerAsync(Request("first"));
        var hidden = await system.Banners.CreateBannerAsync(Request("hidden", r => r.Active = false));
        var second = await system.Banners.CreateBannerAsync(Request("second", r => r.Type = BannerType.Error));
        Assert.Equal(BannerType.Error, second.Type);

        var active = (await system.Host.Anonymous<BannersService.BannersServiceClient>().ListBannersAsync(new ListBannersRequest())).Banners;
        Assert.Equal([second, first], active.Where(b => b.Uuid == first.Uuid || b.Uuid == second.Uuid || b.Uuid == hidden.Uuid));
        var all = (await system.Banners.ListAllBannersAsync(new ListAllBannersRequest())).Banners;
        Assert.Equal([second, hidden, first], all.Take(3));
    }

    [Fact]
    public async Task CreateBanner_WrongFields_AreAllNamed()
    {
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "type: field required; active: field required; title: field required; content: holds a script: remove it"),
            await FailsAsync(system.Banners.CreateBannerAsync(new CreateBannerRequest { Content = "<script></script>" })));
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "type: must be info, success, warning or error; title: must have 1 to 200 characters; content: must have at most 10000 characters"),
            await FailsAsync(system.Banners.CreateBannerAsync(Request(new string('t', 201), r => (r.Type, r.Content) = ((BannerType)9, new string('c', 10_001))))));
    }

    [Theory]
    [InlineData("a < b", "a &lt; b")]
    [InlineData("<p>see <a href=\"https://acmp.ru/\" rel=\"noopener noreferrer\" target=\"_blank\">it</a></p>", "<p>see <a href=\"https://acmp.ru/\" rel=\"noopener noreferrer\" target=\"_blank\">it</a></p>")]
    public async Task CreateBanner_TextOfAPersonOrTheEditor_IsStored(string content, string stored)
    {
        var banner = await system.Banners.CreateBannerAsync(Request("text", r => r.Content = content));
        Assert.Equal(stored, banner.Content);
        await system.Banners.UpdateBannerAsync(new UpdateBannerRequest { Uuid = banner.Uuid, Content = banner.Content });
        Assert.Equal(stored, (await FindAsync(banner.Uuid))!.Content);
    }

    [Fact]
    public async Task UpdateBanner_SomeFields_ChangesThese()
    {
        var banner = await system.Banners.CreateBannerAsync(Request("old"));
        await system.Banners.UpdateBannerAsync(new UpdateBannerRequest { Uuid = banner.Uuid, Title = "new", Active = false });
        banner.Title = "new";
        banner.Active = false;
        Assert.Equal(banner, await FindAsync(banner.Uuid));
        await system.Banners.UpdateBannerAsync(new UpdateBannerRequest { Uuid = banner.Uuid, Type = BannerType.Success, Content = "" });
        (banner.Type, banner.Content) = (BannerType.Success, "");
        Assert.Equal(banner, await FindAsync(banner.Uuid));
    }

    [Fact]
    public async Task UpdateBanner_WrongRequests_AreRefused()
    {
        var uuid = (await system.Banners.CreateBannerAsync(Request("same"))).Uuid;
        (UpdateBannerRequest Request, Status Status)[] cases =
        [
            (new() { Uuid = Guid.NewGuid().ToString(), Title = "a" }, new Status(StatusCode.NotFound, "Not Found")),
            (new() { Uuid = uuid }, new Status(StatusCode.InvalidArgument, "Nothing to update")),
            (new() { Uuid = "x", Title = "", Type = (BannerType)(-1), Content = "<iframe></iframe>" },
                new Status(StatusCode.InvalidArgument,
                    "uuid: value is not a valid uuid; type: must be info, success, warning or error; title: field required; content: holds a video, a sound or another page: remove it and put a link in its place")),
        ];
        foreach (var (request, status) in cases)
            Assert.Equal(status, await FailsAsync(system.Banners.UpdateBannerAsync(request)));
        Assert.Equal("same", (await FindAsync(uuid))!.Title);
    }

    [Fact]
    public async Task DeleteBanner_Twice_IsNoError()
    {
        var banner = await system.Banners.CreateBannerAsync(Request("gone"));
        await system.Banners.DeleteBannerAsync(new DeleteBannerRequest { Uuid = banner.Uuid });
        await system.Banners.DeleteBannerAsync(new DeleteBannerRequest { Uuid = banner.Uuid });
        Assert.Null(await FindAsync(banner.Uuid));
        Assert.Contains("\"Title\":\"gone\"", await system.WithDbAsync(db => db.BeforeAsync("BannersService.DeleteBanner", banner.Uuid)), StringComparison.Ordinal);
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "uuid: field required"),
            await FailsAsync(system.Banners.DeleteBannerAsync(new DeleteBannerRequest())));
    }

    [Fact]
    public async Task CreateBanner_FiveHundredAndSeveralAtOnce_NeverBecomeMore()
    {
        await using var own = new NotificationsSystem();
        await own.InitializeAsync();
        await own.WithDbAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO banners (id, type, active, title, content, created_at, updated_at)
            SELECT gen_random_uuid(), 0, true, 'full', '', now(), now() FROM generate_series(1, 97)
            """));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                await own.Banners.CreateBannerAsync(Request("one more"));
                return new Status(StatusCode.OK, "");
            }
            catch (RpcException refused)
            {
                return new Status(refused.StatusCode, refused.Status.Detail);
            }
        }));
        Assert.Equal(3, outcomes.Count(outcome => outcome.StatusCode == StatusCode.OK));
        Assert.Equal(7, outcomes.Count(outcome => outcome.Detail == "There are 100 banners; delete some first"));
        Assert.Equal(100, (await own.Banners.ListAllBannersAsync(new ListAllBannersRequest())).Banners.Count);
        Assert.Equal(100, (await own.Banners.ListBannersAsync(new ListBannersRequest())).Banners.Count);
    }

    private async Task<Banner?> FindAsync(string uuid) =>
        (await system.Banners.ListAllBannersAsync(new ListAllBannersRequest())).Banners.SingleOrDefault(b => b.Uuid == uuid);

    private static CreateBannerRequest Request(string title, Action<CreateBannerRequest>? change = null)
    {
        var request = new CreateBannerRequest { Type = BannerType.Warning, Active = true, Title = title, Content = "<p>text</p>" };
        change?.Invoke(request);
        return request;
    }
}

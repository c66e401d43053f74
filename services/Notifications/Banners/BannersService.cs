using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Notifications.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;
using Enum = System.Enum;

namespace ShTP.Notifications.Banners;

/// <summary>Banners.</summary>
internal sealed class BannersService(NotificationsDb db, TimeProvider clock) : V1.BannersService.BannersServiceBase
{
    private const int MaxActive = 100;
    internal const int MaxBanners = 100;

    public override async Task<ListBannersResponse> ListBanners(ListBannersRequest request, ServerCallContext context)
    {
        var banners = await NewestFirst().Where(b => b.Active).Take(MaxActive).ToListAsync(context.CancellationToken);
        return new ListBannersResponse { Banners = { banners.Select(b => b.ToProto()) } };
    }

    public override async Task<ListAllBannersResponse> ListAllBanners(ListAllBannersRequest request, ServerCallContext context)
    {
        var banners = await NewestFirst().Take(MaxBanners).ToListAsync(context.CancellationToken);
        return new ListAllBannersResponse { Banners = { banners.Select(b => b.ToProto()) } };
    }

    public override async Task<V1.Banner> CreateBanner(CreateBannerRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        if (!request.HasType)
            checks.Add("type", "field required");
        else
            CheckType(checks, request.Type);
        if (!request.HasActive)
            checks.Add("active", "field required");
        var title = checks.Title(request.Title, 1, Banner.MaxTitleLength, "title");
        var content = BannerHtml.Html.Check(checks, request.Content, "content");
        checks.ThrowIfInvalid();

        var now = clock.Now();
        var banner = new Banner
        {
            Id = Guid.CreateVersion7(now),
            Type = request.Type,
            Active = request.Active,
            Title = title,
            Content = content,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await AddAsync(banner, context.CancellationToken);
        return banner.ToProto();
    }

    public override async Task<Empty> UpdateBanner(UpdateBannerRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        if (request.HasType)
            CheckType(checks, request.Type);
        var title = request.HasTitle ? checks.Title(request.Title, 1, Banner.MaxTitleLength, "title") : null;
        var content = request.HasContent ? BannerHtml.Html.Check(checks, request.Content, "content") : null;
        checks.ThrowIfInvalid();
        if (!request.HasType && !request.HasActive && !request.HasTitle && !request.HasContent)
            throw RpcErrors.Invalid("Nothing to update");

        var banner = await db.Banners.SingleOrDefaultAsync(b => b.Id == id, context.CancellationToken) ?? throw RpcErrors.NotFound("Not Found");
        banner.Type = request.HasType ? request.Type : banner.Type;
        banner.Active = request.HasActive ? request.Active : banner.Active;
        banner.Title = title ?? banner.Title;
        banner.Content = content ?? banner.Content;
        banner.UpdatedAt = clock.Now();
        await db.SaveChangesAsync(context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> DeleteBanner(DeleteBannerRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        // Read before it is deleted: the audit keeps what was there.
        if (await db.Banners.FromSql($"SELECT * FROM banners WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(context.CancellationToken) is { } banner)
        {
            db.Banners.Remove(banner);
            await db.SaveChangesAsync(context.CancellationToken);
        }

        return new Empty();
    }

    /// <summary>Serializes creating banners, because of their maximum number.</summary>
    internal static Task LockCountAsync(NotificationsDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.BannerCount})", cancellationToken);

    private IQueryable<Banner> NewestFirst() => db.Banners.AsNoTracking().OrderByDescending(b => b.CreatedAt).ThenByDescending(b => b.Id);

    private Task<int> AddAsync(Banner banner, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await LockCountAsync(db, cancellation);
        if (await db.Banners.CountAsync(cancellation) >= MaxBanners)
            throw RpcErrors.WrongState($"There are {MaxBanners} banners; delete some first");
        db.Banners.Add(banner);
        return await db.SaveChangesAsync(cancellation);
    }, cancellationToken);

    private static void CheckType(FieldChecks checks, BannerType type)
    {
        if (!Enum.IsDefined(type))
            checks.Add("type", "must be info, success, warning or error");
    }
}

using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Auth.Apps;
using ShTP.Auth.Login;
using ShTP.Auth.OpenId;
using ShTP.Data;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Auth;

/// <summary>Sites that accept a sign-in with ShTP; apps.proto documents each RPC.</summary>
internal sealed class AppsService(AuthDb db, AppTokens tokens, Clients clients, Consents consents, TimeProvider time) : V1.AppsService.AppsServiceBase
{
    private const int MaxApps = 20;
    private const int MaxConsents = 1000;
    private const int MaxPostLogoutUrls = 10;

    public override async Task<V1.ListMyAppsResponse> ListMyApps(V1.ListMyAppsRequest request, ServerCallContext context)
    {
        var owner = context.User().Id;
        var apps = await db.Apps.AsNoTracking()
            .Where(app => app.OwnerId == owner)
            .OrderBy(app => app.CreatedAt).ThenBy(app => app.Id)
            .Take(MaxApps)
            .ToListAsync(context.CancellationToken);
        return new V1.ListMyAppsResponse { Apps = { apps.Select(app => app.ToProto()) } };
    }

    public override async Task<V1.App> GetApp(V1.GetAppRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        var app = await db.Apps.AsNoTracking().SingleOrDefaultAsync(known => known.Id == id, context.CancellationToken) ?? throw NotFound();
        return app.ToProto();
    }

    public override async Task<V1.App> CreateApp(V1.CreateAppRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var name = checks.Name(request.Name, 1, App.MaxNameLength, "name");
        RedirectUrl.Check(checks, request.RedirectUrl, "redirect_url");
        checks.ThrowIfInvalid();

        var (owner, now) = (context.User().Id, time.Now());
        var app = new App
        {
            Id = Guid.CreateVersion7(now),
            OwnerId = owner,
            Name = name,
            RedirectUrl = request.RedirectUrl,
            CreatedAt = now,
        };
        await db.InTransactionAsync(async token =>
        {
            // Serialized per owner, because of the maximum number.
            var owners = await db.Database.SqlQuery<Guid>($"SELECT user_id FROM credentials WHERE user_id = {owner} FOR NO KEY UPDATE").ToListAsync(token);
            if (owners.Count == 0)
                throw RpcErrors.Denied(SessionOpening.NoLogin);
            if (await db.Apps.CountAsync(known => known.OwnerId == owner, token) >= MaxApps)
                throw RpcErrors.WrongState($"You have {MaxApps} apps; delete some first");
            db.Apps.Add(app);
            return await db.SaveChangesAsync(token);
        }, context.CancellationToken);
        return app.ToProto();
    }

    public override async Task<V1.App> UpdateApp(V1.UpdateAppRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        var name = request.HasName ? checks.Name(request.Name, 1, App.MaxNameLength, "name") : null;
        if (request.HasRedirectUrl)
            RedirectUrl.Check(checks, request.RedirectUrl, "redirect_url");
        checks.ThrowIfInvalid();
        if (!request.HasName && !request.HasRedirectUrl)
            throw RpcErrors.Invalid("Nothing to update");

        var changed = await db.InTransactionAsync(async token =>
        {
            var app = await OwnAsync(id, context.User().Id, token);
            if (request.HasRedirectUrl && app.RedirectUrl != request.RedirectUrl)
            {
                app.RedirectUrl = request.RedirectUrl;
                await db.AppTokens.Where(waiting => waiting.AppId == id).ExecuteDeleteAsync(token);
                await Clients.MoveAsync(db, id, request.RedirectUrl, token);
            }

            app.Name = name ?? app.Name;
            await db.SaveChangesAsync(token);
            return app;
        }, context.CancellationToken);
        return changed.ToProto();
    }

    public override async Task<Empty> DeleteApp(V1.DeleteAppRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        // Read before it is deleted: the audit keeps what was there.
        var app = context.User().IsAdmin
            ? await db.Apps.SingleOrDefaultAsync(known => known.Id == id, context.CancellationToken) ?? throw NotFound()
            : await OwnAsync(id, context.User().Id, context.CancellationToken);
        db.Apps.Remove(app);
        await db.SaveChangesAsync(context.CancellationToken);
        return new Empty();
    }

    public override async Task<V1.Client> SetClient(V1.SetClientRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        if (request.PostLogoutUrls.Count > MaxPostLogoutUrls)
            checks.Add("post_logout_urls", $"must have at most {MaxPostLogoutUrls} items");
        foreach (var url in request.PostLogoutUrls.Take(MaxPostLogoutUrls))
            RedirectUrl.Check(checks, url, "post_logout_urls");
        checks.ThrowIfInvalid();
        var secret = await db.InTransactionAsync(async token =>
        {
            // Serialized per app.
            await db.Database.ExecuteSqlAsync($"SELECT FROM apps WHERE id = {id} FOR NO KEY UPDATE", token);
            return await clients.SetAsync(await OwnAsync(id, context.User().Id, token), request.PublicClient, request.PostLogoutUrls, token);
        }, context.CancellationToken);
        var client = new V1.Client { ClientId = id.ToString(), PublicClient = request.PublicClient };
        if (secret is not null)
            client.ClientSecret = secret;
        return client;
    }

    public override async Task<Empty> RemoveClient(V1.RemoveClientRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        await OwnAsync(id, context.User().Id, context.CancellationToken);
        if (!await clients.RemoveAsync(id, context.CancellationToken))
            throw RpcErrors.NotFound("The app is no client of OpenID Connect");
        return new Empty();
    }

    public override async Task<V1.ListConsentsResponse> ListConsents(V1.ListConsentsRequest request, ServerCallContext context) =>
        new() { Consents = { await consents.ListAsync(context.User().Id, MaxConsents, context.CancellationToken) } };

    public override async Task<Empty> RevokeConsent(V1.RevokeConsentRequest request, ServerCallContext context)
    {
        var app = FieldChecks.RequireUuid(request.AppId, "app_id");
        if (!await consents.RevokeAsync(context.User().Id, app, context.CancellationToken))
            throw RpcErrors.NotFound("You have agreed to nothing of this app");
        return new Empty();
    }

    public override async Task<V1.ProvideAccessResponse> ProvideAccess(V1.ProvideAccessRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.AppId, "app_id");
        var app = await db.Apps.AsNoTracking().SingleOrDefaultAsync(known => known.Id == id, context.CancellationToken) ?? throw NotFound();
        var token = await tokens.CreateAsync(id, context.User().Id, context.CancellationToken) ?? throw RpcErrors.Denied(SessionOpening.NoLogin);
        return new V1.ProvideAccessResponse
        {
            Status = true,
            OauthAccessToken = token,
            RedirectTo = RedirectUrl.With(app.RedirectUrl, "access_token", token),
        };
    }

    public override async Task<V1.ResolveAccessResponse> ResolveAccess(V1.ResolveAccessRequest request, ServerCallContext context)
    {
        var app = FieldChecks.RequireUuid(request.AppId, "app_id");
        return await tokens.UseAsync(request.Token, app, context.CancellationToken) is { } user
            ? new V1.ResolveAccessResponse { Status = true, UserId = user.ToString() }
            : new V1.ResolveAccessResponse { Status = false, Detail = "The token is unknown, used or expired" };
    }

    private static RpcException NotFound() => RpcErrors.NotFound("App with such uuid not found");

    private async Task<App> OwnAsync(Guid id, Guid owner, CancellationToken cancellationToken)
    {
        var app = await db.Apps.SingleOrDefaultAsync(known => known.Id == id, cancellationToken) ?? throw NotFound();
        return app.OwnerId == owner ? app : throw RpcErrors.Denied("The app is somebody else's");
    }
}

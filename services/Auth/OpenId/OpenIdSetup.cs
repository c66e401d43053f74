using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using ShTP.Auth.Keys;
using ShTP.Auth.OpenId.Pages;
using ShTP.ServiceDefaults.Configuration;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ShTP.Auth.OpenId;

/// <summary>OpenID Connect by OpenIddict, with the sign-in and consent pages.</summary>
internal static class OpenIdSetup
{
    private static readonly PathString[] Roots = ["/connect", SignInEndpoint.Path, SignInEndpoint.SignOutPath, "/.well-known/openid-configuration"];

    private const string AuthenticationIsPlaced = "__AuthenticationMiddlewareSet";

    public static WebApplicationBuilder AddOpenId(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var open = builder.PeekOptions<OpenIdOptions>(OpenIdOptions.Section);
        var auth = builder.PeekOptions<AuthOptions>(AuthOptions.Section);
        builder.AddCheckedOptions<OpenIdOptions>(OpenIdOptions.Section);
        builder.AddCheckedOptions<SchoolOptions>(SchoolOptions.Section);
        // For the gateway, which may share the configuration.
        builder.AddKnownSettings(isWhole: true, "School:WebClient");
        services.AddRazorComponents();
        services.AddHttpContextAccessor().AddScoped(provider => Texts.For(provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.Request));
        services.AddSingleton<BrowserDevices>().AddScoped<BrowserSessions>().AddScoped<Consents>().AddScoped<Clients>();
        AddCookies(services, open);
        services.AddSingleton<OpenIdKeys>()
            .AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<OpenIdKeys>())
            .AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider => provider.GetRequiredService<OpenIdKeys>());
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<AuthDb>().ReplaceDefaultEntities<Guid>())
            .AddServer(server =>
            {
                // The start checks report a faulty one with all other faults.
                if (Uri.TryCreate(open.Issuer, UriKind.Absolute, out var issuer))
                    server.SetIssuer(issuer);
                server.SetAuthorizationEndpointUris(AuthorizeEndpoint.Path)
                    .SetTokenEndpointUris(TokenEndpoint.Path)
                    .SetUserInfoEndpointUris(UserInfoEndpoint.Path)
                    .SetRevocationEndpointUris("/connect/revocation")
                    .SetEndSessionEndpointUris(EndSessionEndpoint.Path)
                    .SetJsonWebKeySetEndpointUris("/connect/jwks");
                // Public clients must prove that the code is theirs; the others do so by their secret. See Clients.
                server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow();
                server.Configure(options => options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain));
                server.RegisterScopes(Scopes.Profile, Scopes.Email, OpenIdClaims.School, Scopes.OfflineAccess);
                server.RegisterClaims([.. UserInfoEndpoint.Facts, Claims.AuthenticationTime, Claims.AuthorizedParty, OpenIdClaims.Session]);
                // What is not known is ignored (OpenID Connect Core 3.1.2.1), and all clients may do the same.
                server.DisableScopeValidation().DisableAudienceValidation().DisableResourceValidation();
                server.RemoveEventHandler(OpenIddictServerHandlers.Authentication.ValidateAudienceParameter.Descriptor);
                server.IgnoreEndpointPermissions().IgnoreScopePermissions().IgnoreAudiencePermissions().IgnoreResourcePermissions();
                server.UseReferenceAccessTokens().UseReferenceRefreshTokens();
                server.SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(1))
                    .SetAccessTokenLifetime(open.AccessTokenLifetime)
                    .SetIdentityTokenLifetime(open.AccessTokenLifetime)
                    .SetRefreshTokenLifetime(auth.RefreshTokenLifetime)
                    .SetRefreshTokenReuseLeeway(TimeSpan.Zero);
                server.AddEventHandler<GenerateTokenContext>(signing => signing
                    .UseSingletonHandler<OpenIdKeys>()
                    .SetOrder(OpenIddictServerHandlers.Protection.AttachSecurityCredentials.Descriptor.Order + 1));
                server.AddEventHandler<GenerateTokenContext>(cleaning => cleaning
                    .UseSingletonHandler<InnerClaims>()
                    .SetOrder(OpenIddictServerHandlers.Protection.GenerateIdentityModelToken.Descriptor.Order - 1));
                server.AddEventHandler<ApplyAuthorizationResponseContext>(answering => answering
                    .UseScopedHandler<ErrorsForSites>()
                    .SetOrder(OpenIddictServerHandlers.Authentication.InferResponseMode.Descriptor.Order + 1));
                // TLS ends at the gateway or before it.
                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableTokenEndpointPassthrough()
                    .EnableUserInfoEndpointPassthrough()
                    .EnableEndSessionEndpointPassthrough()
                    .EnableErrorPassthrough()
                    .DisableTransportSecurityRequirement();
            });
        return builder;
    }

    public static WebApplication MapOpenId(this WebApplication app)
    {
        // Otherwise ASP.NET Core calls OpenIddict for every request, also for every gRPC call.
        ((IApplicationBuilder)app).Properties[AuthenticationIsPlaced] = true;
        app.UseWhen(IsOpenId, site =>
        {
            site.UseForwardedHeaders();
            site.UseMiddleware<OpenIdMiddleware>();
            site.UseAuthentication();
        });
        string[] both = [HttpMethods.Get, HttpMethods.Post];
        app.MapMethods(AuthorizeEndpoint.Path, both, AuthorizeEndpoint.HandleAsync);
        app.MapGet(AppEndpoint.Path, AppEndpoint.AskAsync);
        app.MapPost(AppEndpoint.Path, AppEndpoint.DecideAsync);
        app.MapPost(TokenEndpoint.Path, TokenEndpoint.HandleAsync);
        app.MapMethods(EndSessionEndpoint.Path, both, EndSessionEndpoint.HandleAsync);
        app.MapMethods(UserInfoEndpoint.Path, both, UserInfoEndpoint.HandleAsync);
        app.MapMethods(SignInEndpoint.Path, [HttpMethods.Get, HttpMethods.Head], SignInEndpoint.ShowAsync);
        app.MapPost(SignInEndpoint.Path, SignInEndpoint.SignInAsync);
        app.MapPost(SignInEndpoint.SignOutPath, SignInEndpoint.SignOutAsync);
        return app;
    }

    private static void AddCookies(IServiceCollection services, OpenIdOptions options)
    {
        // A prefix that browsers accept only from this host over https, so that other hosts cannot set such a cookie.
        var prefix = options.IsHttps ? "__Host-" : "";
        var secure = options.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        services.AddDataProtection().SetApplicationName("ShTP").PersistKeysToDbContext<AuthDb>();
        services.AddOptions<KeyManagementOptions>().Configure<KeyEncryption>((keys, encryption) => keys.XmlEncryptor = new FormKeys(encryption));
        services.AddAntiforgery(forms =>
        {
            forms.Cookie.Name = prefix + "shtp-form";
            forms.Cookie.SecurePolicy = secure;
            forms.Cookie.SameSite = SameSiteMode.Lax;
            forms.SuppressXFrameOptionsHeader = true;
        });
        services.AddAuthentication(BrowserSessions.Scheme).AddCookie(BrowserSessions.Scheme, cookie =>
        {
            cookie.Cookie.Name = prefix + "shtp-session";
            cookie.Cookie.SecurePolicy = secure;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.HttpOnly = true;
            cookie.ExpireTimeSpan = options.BrowserLifetime;
            cookie.SlidingExpiration = false;
        });
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            foreach (var network in options.Networks)
                forwarded.KnownIPNetworks.Add(network);
        });
    }

    private static bool IsOpenId(HttpContext context) => Roots.Any(root => context.Request.Path.StartsWithSegments(root));
}

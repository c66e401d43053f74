using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Api.V1;
using ShTP.Protos;

namespace ShTP.Rpc.Access;

/// <summary>
/// The authentication schemes: users' access tokens, users' refresh tokens, tokens of services. Each is ASP.NET Core's
/// JwtBearer with a token handler of ours, which remembers what it verified, and with a short way for that; the answer to a
/// refused call is not the scheme's but <see cref="AccessRefusal"/>'s.
/// </summary>
internal static class AccessSchemes
{
    public const string User = nameof(TokenKind.Access);
    public const string Refresh = nameof(TokenKind.Refresh);
    public const string Service = "Service";

    /// <summary>The scheme that authenticates callers of an RPC.</summary>
    public static string For(AccessRule rule) => rule.IsInternal ? Service : rule.Level == Level.RefreshToken ? Refresh : User;

    /// <summary>The tokens of a scheme of users.</summary>
    public static TokenKind KindOf(string scheme) => scheme == Refresh ? TokenKind.Refresh : TokenKind.Access;

    /// <summary>The scheme of a kind of token.</summary>
    public static string NameOf(TokenKind kind) => kind == TokenKind.Refresh ? Refresh : User;

    public static void AddUsers(IServiceCollection services)
    {
        services.AddSingleton<UserTokenHandler>();
        services.AddTransient<UserBearer>().AddAuthentication().AddJwtBearer(User, _ => { }).AddJwtBearer(Refresh, _ => { });
        services.Configure<AuthenticationOptions>(schemes => schemes.SchemeMap[User].HandlerType = schemes.SchemeMap[Refresh].HandlerType = typeof(UserBearer));
        foreach (var scheme in new[] { User, Refresh })
        {
            services.AddOptions<JwtBearerOptions>(scheme).Configure<UserTokenHandler, Revocations>((options, handler, revocations) =>
            {
                Prepare(options, scheme);
                options.TokenHandlers.Add(handler);
                options.Events.OnTokenValidated = context => CheckRevocationAsync(context, revocations);
            });
        }
    }

    public static void AddServices(IServiceCollection services)
    {
        services.AddSingleton<ServiceTokenHandler>();
        services.AddTransient<ServiceBearer>().AddAuthentication().AddJwtBearer(Service, _ => { });
        services.Configure<AuthenticationOptions>(schemes => schemes.SchemeMap[Service].HandlerType = typeof(ServiceBearer));
        services.AddOptions<JwtBearerOptions>(Service).Configure<ServiceTokenHandler>((options, handler) =>
        {
            Prepare(options, Service);
            options.TokenHandlers.Add(handler);
            options.Events.OnTokenValidated = context =>
            {
                context.HttpContext.Features.Set(((ServiceTokenHandler.VerifiedIdentity)context.Principal!.Identity!).Service);
                return Task.CompletedTask;
            };
        });
    }

    private static void Prepare(JwtBearerOptions options, string scheme)
    {
        options.TokenHandlers.Clear();
        options.MapInboundClaims = false;
        // Names the expected kind of token for the shared handler.
        options.TokenValidationParameters.AuthenticationType = scheme;
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                ReadHeader(context);
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = context =>
            {
                context.HttpContext.Features.Set((context.Exception as TokenRefusedException)?.Result ?? new TokenResult(TokenFault.BadSignature));
                return Task.CompletedTask;
            },
        };
    }

    // What JwtBearer itself would skip is distinguished here.
    private static void ReadHeader(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (BearerHeader.FindToken(header) is { IsEmpty: false } token)
        {
            context.Token = token.ToString();
            return;
        }

        context.HttpContext.Features.Set(header.Length == 0 ? TokenResult.NoHeader : TokenResult.BadHeader);
        context.NoResult();
    }

    private static Task CheckRevocationAsync(TokenValidatedContext context, Revocations revocations)
    {
        var token = ((UserTokenHandler.VerifiedIdentity)context.Principal!.Identity!).Token;
        var check = revocations.FindFaultAsync(token, token.Kind, context.HttpContext.RequestAborted);
        if (!check.IsCompletedSuccessfully)
            return NoteAsync(context, token, check);
        Note(context, token, check.Result);
        return Task.CompletedTask;
    }

    private static async Task NoteAsync(TokenValidatedContext context, TokenResult token, ValueTask<TokenFault?> check) => Note(context, token, await check);

    private static void Note(TokenValidatedContext context, TokenResult token, TokenFault? fault)
    {
        var result = fault is null ? token : new TokenResult(fault, token.Holder);
        context.HttpContext.Features.Set(result);
        if (fault is not null)
            context.Fail(fault.Detail.Key);
    }
}

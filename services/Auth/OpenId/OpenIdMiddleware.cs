using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Npgsql;
using ShTP.Auth.Keys;

namespace ShTP.Auth.OpenId;

/// <summary>Applies to every page and endpoint of this folder: HTTP/1.1 only, small bodies, and 503 until there are keys.</summary>
internal sealed class OpenIdMiddleware(RequestDelegate next, KeyRing ring, IOptions<OpenIdOptions> options)
{
    private const int MaxBodyBytes = 64 * 1024;

    private readonly Uri? _issuer = string.IsNullOrEmpty(options.Value.Issuer) ? null : new Uri(options.Value.Issuer);

    public async Task InvokeAsync(HttpContext context)
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!ring.IsLoaded)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        // OpenIddict knows GET alone; of an answer to HEAD the server sends no body, whatever is written here.
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        // All published addresses begin with the issuer, independent of the host name of the request.
        if (_issuer is not null)
            (context.Request.Scheme, context.Request.Host) = (_issuer.Scheme, HostString.FromUriComponent(_issuer));
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            // Forms are read in many places. Read here, a malformed form is a fault of the client.
            var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
            // PostgreSQL cannot store this character.
            if (context.Request.Query.Concat(form ?? Enumerable.Empty<KeyValuePair<string, StringValues>>()).Any(field => field.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true)))
                throw new BadHttpRequestException("A field has a zero character.");
            await next(context);
        }
        catch (Exception fault) when (!context.Response.HasStarted && fault is BadHttpRequestException or InvalidDataException)
        {
            context.Response.StatusCode = fault is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest;
        }
        catch (Exception fault) when (!context.Response.HasStarted && fault is RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } or NpgsqlException { IsTransient: true } or RetryLimitExceededException)
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }
}

using Google.Rpc;
using ShTP.Gateway.Pages;
using ShTP.Transcoding.OpenApi;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Gateway.Edge;

/// <summary>
/// Applies to every request: an id, CORS and security headers, the /mobile/ prefix, the redirect of trailing slashes,
/// and a problem document for every error without a body.
/// </summary>
internal sealed partial class EdgeMiddleware(RequestDelegate next, BrowserPages pages, PublicAddress address, ILogger<EdgeMiddleware> logger)
{
    private const string Storage = "/storage";

    public async Task InvokeAsync(HttpContext context)
    {
        RequestIds.Assign(context);
        MobilePrefix.Strip(context);
        if (!SignInPages.IsPage(context.Request.Path))
        {
            Cors.AddHeaders(context.Response.Headers);
            if (Cors.IsPreflight(context.Request))
            {
                await Cors.AnswerPreflightAsync(context);
                return;
            }
        }

        if (!context.Request.Path.StartsWithSegments(Storage, StringComparison.Ordinal) && !SignInPages.Owns(context.Request.Path))
            AddSecurityHeaders(context.Response.Headers);
        if (RedirectWithoutSlash(context))
            return;
        try
        {
            await next(context);
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            Answer(context, failure);
            return;
        }
        catch (Exception failure)
        {
            // The client is gone, and whatever broke may have broken because of that.
            LogGone(failure, context.Request.Method, context.Request.Path, context.RequestId());
            return;
        }

        if (context.Response.HasStarted || context.Response is not { StatusCode: >= 400, ContentType: null, ContentLength: null or 0 })
            return;
        if (context.Response.StatusCode == StatusCodes.Status404NotFound && BrowserPages.IsAskedFor(context.Request))
            await pages.ShowNotFoundAsync(context);
        else
            ProblemWriter.Write(context, Describe(context.Response.StatusCode), Negotiation.WantsProtobufErrors(context.Request));
    }

    private static void AddSecurityHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
    }

    private bool RedirectWithoutSlash(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.Value is not { Length: > 1 } path || path[^1] != '/' || path == DocumentationEndpoints.Page)
            return false;
        // One slash in front: with two, the path would be the address of another host.
        var target = new PathString($"/{path.Trim('/')}");
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = $"{address.Value}{request.PathBase.ToUriComponent()}{target.ToUriComponent()}{request.QueryString.ToUriComponent()}";
        return true;
    }

    private void Answer(HttpContext context, Exception failure)
    {
        Problem problem;
        if (failure is BadHttpRequestException bad)
        {
            problem = BadRequests.Describe(bad);
        }
        else
        {
            LogFailure(failure, context.Request.Method, context.Request.Path, context.RequestId());
            problem = new Problem(StatusCodes.Status500InternalServerError, Code.Internal, $"Internal error, request {context.RequestId()}");
        }

        ProblemWriter.Write(context, problem, Negotiation.WantsProtobufErrors(context.Request));
    }

    private static Problem Describe(int status) => status switch
    {
        StatusCodes.Status404NotFound => new(status, Code.NotFound, "Not Found"),
        StatusCodes.Status405MethodNotAllowed => new(status, Code.Unimplemented, "Method Not Allowed"),
        StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable => Problem.Unavailable("The service is not available, try again later"),
        StatusCodes.Status504GatewayTimeout => new(status, Code.DeadlineExceeded, "The service did not answer in time"),
        _ => BadRequests.Describe(status),
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "The client of {Method} {Path} has gone, request {RequestId}")]
    private partial void LogGone(Exception failure, string method, string path, string requestId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed, request {RequestId}")]
    private partial void LogFailure(Exception failure, string method, string path, string requestId);
}

namespace ShTP.Gateway.Edge;

/// <summary>
/// Cross-origin access as the existing clients know it: preflights echo, answers say <c>*</c>. The API knows no
/// cookies, so no origin gets anything by it that it could not get without a browser; the sign-in pages do, and are
/// left out.
/// </summary>
internal static class Cors
{
    private const string Methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    private const string Exposed = "Content-Disposition, ETag, Retry-After, X-Request-ID";

    /// <summary>The headers of every answer, errors included.</summary>
    public static void AddHeaders(IHeaderDictionary headers)
    {
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = Exposed;
    }

    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    public static Task AnswerPreflightAsync(HttpContext context)
    {
        var (request, headers) = (context.Request.Headers, context.Response.Headers);
        headers.AccessControlAllowOrigin = request.Origin;
        headers.Vary = "Origin";
        headers.AccessControlAllowMethods = Methods;
        if (request.AccessControlRequestHeaders.Count > 0)
            headers.AccessControlAllowHeaders = request.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("OK");
    }
}

namespace ShTP.Gateway.Edge;

/// <summary>
/// CORS for the existing clients: preflights echo the origin, responses have <c>*</c>. The API has no cookies, so an
/// origin gets no access that it would not have without a browser. The sign-in pages have cookies and are left out.
/// </summary>
internal static class Cors
{
    private const string Methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    private const string Exposed = "Content-Disposition, ETag, Link, Retry-After, X-Request-ID";

    /// <summary>The CORS headers of every response, including errors.</summary>
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

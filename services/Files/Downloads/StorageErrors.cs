using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace ShTP.Files.Downloads;

/// <summary>Adds a problem document to every download error, because clients show its <c>detail</c>.</summary>
internal static class StorageErrors
{
    /// <summary>Key of <see cref="HttpContext.Items"/> for a detail better than the status's name.</summary>
    private static readonly object Detail = new();

    /// <summary>Ends the request with a status and a text for the client.</summary>
    public static IResult Error(this HttpContext context, int status, string detail)
    {
        context.Items[Detail] = detail;
        return TypedResults.StatusCode(status);
    }

    public static async Task WriteAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < StatusCodes.Status400BadRequest)
            return;
        var problem = new ProblemDetails
        {
            Status = response.StatusCode,
            Title = ReasonPhrases.GetReasonPhrase(response.StatusCode),
            Detail = context.Items[Detail] as string ?? ReasonPhrases.GetReasonPhrase(response.StatusCode),
        };
        // Headers of the file do not apply to the error.
        foreach (var header in (string[])["Content-Disposition", "ETag", "Last-Modified", "Accept-Ranges"])
            response.Headers.Remove(header);
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/problem+json";
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, JsonSerializerOptions.Web);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }
}

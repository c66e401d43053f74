using Microsoft.Net.Http.Headers;
using Scalar.AspNetCore;

namespace ShTP.Transcoding.OpenApi;

/// <summary><c>/openapi.json</c>, <c>/protos.zip</c> and the page <c>/docs</c>.</summary>
internal static class DocumentationEndpoints
{
    /// <summary>The page. Its scripts are relative to it, so it is the only path that ends with a slash.</summary>
    public const string Page = "/docs/";

    private const string Document = "/openapi.json";

    // The page is Scalar's: its own scripts and styles, and calls of this API.
    private const string PagePolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

    public static WebApplication MapDocumentation(this WebApplication app)
    {
        var documentation = app.Services.GetRequiredService<Documentation>();
        app.MapMethods(Document, [HttpMethods.Get, HttpMethods.Head], async () => Answer(await documentation.OpenApiAsync()));
        app.MapMethods("/protos.zip", [HttpMethods.Get, HttpMethods.Head], async () => Answer(await documentation.ProtosAsync()));
        app.MapScalarApiReference("/docs", page => page
            .WithTitle("ShTP API")
            .WithOpenApiRoutePattern(Document)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            // Both lead to online services of Scalar.
            .HideDeveloperTools()
            .HideClientButton()
            .AddPreferredSecuritySchemes(OperationWriter.Bearer))
            .AddEndpointFilter(async (context, next) =>
            {
                context.HttpContext.Response.Headers.ContentSecurityPolicy = PagePolicy;
                return await next(context);
            });
        return app;
    }

    /// <summary>Writes the document for tools that need a file; the result is the exit code.</summary>
    public static async Task<int> WriteOpenApiAsync(this WebApplication app, Stream output)
    {
        var document = await app.Services.GetRequiredService<Documentation>().OpenApiAsync();
        await output.WriteAsync(document.Content);
        return 0;
    }

    private static IResult Answer(DocumentationFile file) =>
        Results.Bytes(file.Content, file.ContentType, entityTag: EntityTagHeaderValue.Parse(file.ETag));
}

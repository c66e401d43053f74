using System.Text;
using Microsoft.OpenApi;
using ShTP.Transcoding.Catalog;
using ShTP.Protos;

namespace ShTP.Transcoding.OpenApi;

/// <summary>The HTTP API as OpenAPI 3.1, created from the same contract that the gateway routes by.</summary>
internal static class ApiDocument
{
    private const string Introduction =
        """
        The backend of a school's IT class. Every call speaks JSON and Protocol Buffers: `Content-Type` says what is sent,
        `Accept` what is wanted; below `/mobile` protobuf is the default. The `.proto` files are at `/protos.zip`.

        Sign in with `POST /api/v1/auth/login` and send `Authorization: Bearer <accessToken>`. An expired token answers 403
        `Signature has expired`: `POST /api/v1/auth/refresh` with the refresh token gives a new one.

        Times are UTC without a zone. Errors are problem documents (RFC 9457) whose `detail` is one text to show.
        """;

    /// <summary>The document in UTF-8.</summary>
    public static async Task<byte[]> WriteAsync(Contract contract, MethodCatalog catalog, string version, CancellationToken cancellationToken)
    {
        var comments = new ContractComments(contract);
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo { Title = "ShTP", Version = version, Description = Introduction, License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" } },
            Servers = [new OpenApiServer { Url = "/" }],
            Paths = [],
            Components = new OpenApiComponents { Schemas = new Dictionary<string, IOpenApiSchema>(), SecuritySchemes = SecuritySchemes() },
            Tags = catalog.Methods.GroupBy(method => method.Area).OrderBy(area => area.Key, StringComparer.Ordinal).Select(area => new OpenApiTag
            {
                Name = area.Key,
                Description = string.Join("\n\n", area.Select(method => comments.Of(method.Descriptor.Service.FullName)).OfType<string>().Distinct()),
            }).ToHashSet(),
        };
        var schemas = new SchemaSet(document, comments);
        document.Components.Schemas[AnswerWriter.Problem] = ProblemSchema();
        foreach (var method in catalog.Methods.Where(method => !method.ReturnsHttpBody))
            schemas.MarkAnswered(method.Output.Descriptor);
        var operations = new OperationWriter(document, catalog, schemas, comments);
        // OpenAPI treats paths that differ only in names of variables as one. The first one names them.
        foreach (var path in catalog.Methods.GroupBy(method => method.Template.Shape))
        {
            var template = path.First().Template;
            document.Paths[template.Text] = new OpenApiPathItem
            {
                Operations = path.ToDictionary(method => new HttpMethod(method.Verb), method => operations.Write(method, template)),
            };
        }

        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken));
    }

    private static Dictionary<string, IOpenApiSecurityScheme> SecuritySchemes() => new()
    {
        [OperationWriter.Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "The `accessToken` of `POST /api/v1/auth/login`." },
        [OperationWriter.RefreshToken] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "The `refreshToken` of `POST /api/v1/auth/login`." },
        [OperationWriter.Ticket] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Query, Name = "ticket", Description = "The one-time `ticket` of `POST /api/v1/notifications/stream/ticket`." },
    };

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "What is wrong (RFC 9457).",
        Required = new HashSet<string> { "title", "status", "detail" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One text to show." },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The code of google.rpc.Code." },
            ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Array, Description = "What is wrong with each field.", Items = FieldFaultSchema() },
        },
    };

    private static OpenApiSchema FieldFaultSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "field", "detail" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["field"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };
}

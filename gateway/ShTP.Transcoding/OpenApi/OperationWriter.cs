using System.Text.RegularExpressions;
using ShTP.Transcoding.Requests;
using ShTP.Protos;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using ShTP.Api.V1;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.OpenApi;

/// <summary>One HTTP rule of one RPC as an operation.</summary>
internal sealed partial class OperationWriter(OpenApiDocument document, MethodCatalog catalog, SchemaSet schemas, ContractComments comments)
{
    public const string Bearer = "accessToken";
    public const string RefreshToken = "refreshToken";
    public const string Ticket = "ticket";

    /// <param name="method">The rule.</param>
    /// <param name="path">The path with the names of variables that all rules of this shape share.</param>
    public OpenApiOperation Write(ApiMethod method, PathTemplate path)
    {
        var first = method.RouteId == method.Descriptor.FullName ? null : catalog.Find(method.Descriptor.FullName);
        return new OpenApiOperation
        {
            OperationId = IdOf(method),
            Summary = TitleOf(method.Descriptor),
            Description = first is null ? comments.Of(method.Descriptor.FullName) : $"Another path of `{first.Verb} {first.Template.Text}`, for older clients.",
            Deprecated = first is not null,
            Tags = new HashSet<OpenApiTagReference> { new(method.Area, document) },
            Parameters = [.. PathParameters(method, path), .. QueryParameters(method), .. HeaderParameters(method)],
            RequestBody = RequestOf(method),
            Responses = new AnswerWriter(schemas).Write(method, ErrorCases.Read(method.Descriptor)),
            Security = [.. SecurityOf(method.Access.Level), .. method.TakesTicket ? [Require(Ticket)] : Array.Empty<OpenApiSecurityRequirement>()],
        };
    }

    private IEnumerable<IOpenApiParameter> PathParameters(ApiMethod method, PathTemplate path) => method.PathBindings.Select((binding, index) => new OpenApiParameter
    {
        Name = path.Variables[index].Field,
        In = ParameterLocation.Path,
        Required = true,
        Schema = schemas.Parameter(binding.Field.Field.Descriptor),
        Description = comments.Of(binding.Field.Field.Descriptor.FullName),
    });

    private IEnumerable<IOpenApiParameter> QueryParameters(ApiMethod method) =>
        method.QueryBindings.Values.DistinctBy(path => path.Name).OrderBy(path => path.Name, StringComparer.Ordinal).Select(path => new OpenApiParameter
        {
            Name = path.Name,
            In = ParameterLocation.Query,
            Required = FieldRules.Of(path.Field.Descriptor).Required,
            Schema = schemas.Parameter(path.Field.Descriptor),
            Description = comments.Of(path.Field.Descriptor.FullName),
        });

    private static IEnumerable<IOpenApiParameter> HeaderParameters(ApiMethod method)
    {
        if (method.LastEventId is not null)
        {
            yield return new OpenApiParameter
            {
                Name = "Last-Event-ID",
                In = ParameterLocation.Header,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "int64" },
                Description = "As browsers send it when they connect again; wins over the query.",
            };
        }

        if (method.IsRepeatable)
        {
            yield return new OpenApiParameter
            {
                Name = IdempotencyKeys.Header,
                In = ParameterLocation.Header,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = CallMetadata.MaxIdempotencyKey },
                Description = "A new UUID for each change. A repetition with the same key within a day gets the first answer and has no second effect; 409 while the first is running, 422 with another request.",
            };
        }
    }

    private OpenApiRequestBody? RequestOf(ApiMethod method)
    {
        if (method.Body == BodyKind.None)
            return null;
        var input = method.Input.Descriptor;
        var inPath = method.PathBindings.Select(binding => binding.Field.Root.JsonName).ToHashSet();
        var content = new Dictionary<string, OpenApiMediaType>();
        if (method.Uploads.Count > 0)
            content[MediaTypes.Multipart] = Multipart(method, inPath);
        if (method.Uploads.All(upload => upload.IsInline))
        {
            content[MediaTypes.Json] = new OpenApiMediaType { Schema = method.BodyField is { } field ? schemas.Asked(field.Descriptor) : schemas.Asked(input, inPath) };
            content[MediaTypes.Protobuf] = AnswerWriter.Binary($"A message {(method.BodyField?.Message.Descriptor ?? input).FullName}.");
        }

        return new OpenApiRequestBody { Content = content, Required = true };
    }

    private OpenApiMediaType Multipart(ApiMethod method, HashSet<string> inPath)
    {
        var form = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema>(), Required = new HashSet<string>() };
        var encoding = new Dictionary<string, OpenApiEncoding>();
        foreach (var field in method.Input.Fields.Where(field => !inPath.Contains(field.JsonName)))
        {
            if (method.Uploads.FirstOrDefault(upload => upload.Field == field) is { } upload)
            {
                form.Properties[field.JsonName] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = LimitsOf(upload) };
                if (!upload.Field.HasPresence || !field.Descriptor.ToProto().Proto3Optional)
                    form.Required.Add(field.JsonName);
            }
            else
            {
                form.Properties[field.JsonName] = schemas.Asked(field.Descriptor);
                if (field.Type == FieldType.Message)
                    encoding[field.JsonName] = new OpenApiEncoding { ContentType = MediaTypes.Json };
            }
        }

        return new OpenApiMediaType { Schema = form, Encoding = encoding };
    }

    private static string LimitsOf(UploadField upload)
    {
        var extensions = upload.Options.Extensions.Count == 0 ? "" : $", {string.Join(", ", upload.Options.Extensions.Select(extension => "." + extension))}";
        return $"A file of at most {upload.Options.MaxBytes} bytes{extensions}.";
    }

    private List<OpenApiSecurityRequirement> SecurityOf(Level access) => access switch
    {
        Level.Public => [],
        Level.RefreshToken => [Require(RefreshToken)],
        _ => [Require(Bearer)],
    };

    private OpenApiSecurityRequirement Require(string scheme) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };

    // Unique: the number distinguishes the additional bindings of one RPC.
    private static string IdOf(ApiMethod method) => $"{method.Area}_{method.Descriptor.Name}{(method.RouteId.Split('#') is [_, var number] ? "_" + number : "")}";

    // "List my apps": short enough for a list of all calls.
    private static string TitleOf(MethodDescriptor method) =>
        method.Name[..1] + InnerCapital().Replace(method.Name[1..], match => " " + match.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]")]
    private static partial Regex InnerCapital();
}

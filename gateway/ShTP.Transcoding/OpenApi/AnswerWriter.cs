using System.Globalization;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using ShTP.Api.V1;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.OpenApi;

/// <summary>Writes the responses of an operation: the result in both encodings, and the errors.</summary>
internal sealed class AnswerWriter(SchemaSet schemas)
{
    public const string Problem = "Problem";

    public OpenApiResponses Write(ApiMethod method, SortedDictionary<int, string> errors)
    {
        var answers = new OpenApiResponses { ["200"] = new OpenApiResponse { Description = "Done", Content = ContentOf(method), Headers = method.NextPage is null ? null : NextPageHeader() } };
        if (method.Access.Level != Level.Public)
        {
            errors.TryAdd(401, "no token, or one that is not valid any more");
            const string expired = "an expired token (`Signature has expired`: refresh it)";
            var refused = method.Access.Level is Level.Teacher or Level.Admin ? $"`You can't access this endpoint!`, or {expired}" : expired;
            errors[403] = errors.TryGetValue(403, out var own) ? $"{own}; {refused}" : refused;
        }

        errors.TryAdd(400, "the request cannot be read, or makes no sense as a whole");
        errors.TryAdd(422, method.Access.Level == Level.Public ? "a field is wrong; `errors` names each" : "a field is wrong, `errors` names each; or the token is none");
        errors.TryAdd(429, "too many calls; `Retry-After` says when");
        errors.TryAdd(503, "a service is down; `Retry-After` says when to try again");
        foreach (var (status, text) in errors)
        {
            answers[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = text,
                Headers = status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable ? RetryHeader() : null,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [MediaTypes.Problem] = new() { Schema = schemas.Reference(Problem) },
                    [MediaTypes.Protobuf] = Binary("A message google.rpc.Status."),
                },
            };
        }

        return answers;
    }

    public static OpenApiMediaType Binary(string description) =>
        new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = description } };

    private static Dictionary<string, IOpenApiHeader> NextPageHeader() => new()
    {
        [HeaderNames.Link] = new OpenApiHeader
        {
            Description = "Address of the next page of the list, with `rel=\"next\"` (RFC 8288). Missing on the last one.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    private static Dictionary<string, IOpenApiHeader> RetryHeader() => new()
    {
        [HeaderNames.RetryAfter] = new OpenApiHeader { Description = "Seconds.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" } },
    };

    private Dictionary<string, OpenApiMediaType> ContentOf(ApiMethod method)
    {
        if (method.ReturnsHttpBody)
            return new() { ["application/octet-stream"] = Binary("A file; its type and name are in the headers.") };
        var schema = method.ResponseBody is { } field ? schemas.Answered(field.Descriptor) : schemas.Answered(method.Output.Descriptor);
        var message = method.Output.Descriptor.FullName;
        return method.IsServerStreaming
            ? new()
            {
                [MediaTypes.EventStream] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Events; the data of each is the JSON below." } },
                [MediaTypes.JsonLines] = new() { Schema = schema },
                [MediaTypes.DelimitedProtobuf] = Binary($"Messages {message}, each behind its length as a varint."),
            }
            : new()
            {
                [MediaTypes.Json] = new() { Schema = schema },
                [MediaTypes.Protobuf] = Binary($"A message {message}."),
            };
    }
}

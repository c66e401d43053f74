using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ShTP.Localization;
using ShTP.Transcoding.Codecs;
using Status = Google.Rpc.Status;

namespace ShTP.Transcoding.Problems;

/// <summary>Writes problems in the client's encoding. The common headers are already set.</summary>
public static class ProblemWriter
{
    // Cyrillic is not escaped: an application/problem+json body is never a script or markup.
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Responds with the problem, or aborts the connection when the response has already started.</summary>
    public static void Write(HttpContext context, Problem problem, bool asProtobuf)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        response.StatusCode = problem.Status;
        response.Headers.ContentEncoding = default;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentLanguage = Languages.TagOf(CultureInfo.CurrentUICulture);
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        if (problem.RetryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (problem.Challenge is { } challenge)
            response.Headers.WWWAuthenticate = challenge;

        using var body = new PooledBuffer();
        if (asProtobuf)
        {
            body.WriteBytes(problem.ServiceStatus ?? new Status { Code = (int)problem.Code, Message = problem.Detail }.ToByteArray());
            response.ContentType = MediaTypes.Protobuf;
        }
        else
        {
            WriteJson(problem, body);
            response.ContentType = MediaTypes.Problem;
        }

        response.ContentLength = body.WrittenCount;
        response.BodyWriter.Write(body.WrittenSpan);
    }

    /// <summary>A code as the contract spells it.</summary>
    public static string NameOf(Google.Rpc.Code code) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(code.ToString());

    /// <summary>The document, also used inside streams.</summary>
    public static void WriteJson(Problem problem, PooledBuffer output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("type"u8, "about:blank"u8);
        json.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(problem.Status));
        json.WriteNumber("status"u8, problem.Status);
        json.WriteString("detail"u8, problem.Detail);
        json.WriteString("code"u8, NameOf(problem.Code));
        if (problem.Faults.Count > 0)
        {
            json.WriteStartArray("errors"u8);
            foreach (var (field, detail) in problem.Faults)
            {
                json.WriteStartObject();
                json.WriteString("field"u8, field);
                json.WriteString("detail"u8, detail.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}

using Google.Protobuf;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ShTP.Api.V1;
using ShTP.Localization;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;
using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.Requests;

/// <summary>
/// Reads multipart/form-data (RFC 7578) part by part as it arrives: files go to Files or, small ones, into the
/// message; other parts are fields of the request in JSON or as plain text. Parts that the request does not know
/// are ignored, among them the field <c>undefined</c> that the web client sends.
/// </summary>
internal sealed class MultipartReading(IFileStore store)
{
    private const int MaxParts = 64;
    private const int MaxFileName = 255;
    private const int MaxBoundary = 100;
    private const int MaxPartHeaders = 16;
    private const int MaxPartHeaderBytes = 8 * 1024;

    /// <summary>Appends the fields to the message.</summary>
    /// <exception cref="ProblemException">The request violates the contract, or Files refused a file.</exception>
    public async ValueTask ReadAsync(HttpContext context, ApiMethod method, PooledBuffer message)
    {
        if (context.Request.ContentLength > method.MaxBodyBytes)
            throw BodyReader.TooLarge(method.MaxBodyBytes);
        using var body = new BoundedStream(context.Request.Body, method.MaxBodyBytes);
        var reader = new MultipartReader(ReadBoundary(context.Request), body)
        {
            HeadersCountLimit = MaxPartHeaders,
            HeadersLengthLimit = MaxPartHeaderBytes,
        };
        var counts = new Dictionary<string, int>();
        try
        {
            var parts = 0;
            while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } part)
            {
                if (++parts > MaxParts)
                    throw new ProblemException(Problem.Malformed($"The request has more than {MaxParts} parts"));
                await ReadPartAsync(context, part, method, counts, message);
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new ProblemException(Problem.Malformed("The multipart body is malformed or incomplete"));
        }

        foreach (var upload in method.Uploads)
        {
            if (!IsOptional(upload) && !counts.ContainsKey(upload.Field.JsonName))
                throw new ProblemException(Problem.InvalidField(upload.Field.JsonName, "field required"));
        }
    }

    private async ValueTask ReadPartAsync(HttpContext context, MultipartSection part, ApiMethod method, Dictionary<string, int> counts, PooledBuffer message)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
            || HeaderUtilities.RemoveQuotes(disposition.Name).Value is not { Length: > 0 } name)
            throw new ProblemException(Problem.Malformed("A part of the multipart body has no name"));
        if (method.FindUpload(name) is { } upload)
        {
            if (FileNameOf(disposition) is not { } fileName)
                throw new ProblemException(Problem.InvalidField(name, "expected a file"));
            Count(counts, upload.Field.JsonName, upload.MaxCount);
            CheckExtension(upload, fileName);
            if (upload.IsInline)
                await AppendInlineAsync(part, upload, fileName, message, context.RequestAborted);
            else
                upload.Field.AppendDelimited(await store.StoreAsync(context, part.Body, upload, fileName), message);
        }
        else if (method.Input.FindField(name) is { } field && (FileNameOf(disposition) is null || IsMessage(part)))
        {
            Count(counts, field.JsonName, field.IsRepeated ? MaxParts : 1);
            await AppendFieldAsync(part, method, field, message, context.RequestAborted);
        }
    }

    /// <summary>413 with the bound.</summary>
    public static ProblemException TooLarge(UploadField upload) =>
        new(Problem.TooLarge($"{upload.Field.JsonName}: the file is larger than {upload.Options.MaxBytes} bytes"));

    // Browsers send a file name for every blob of a form, also for JSON and protobuf.
    private static bool IsMessage(MultipartSection part) =>
        MediaTypes.WithoutParameters(part.ContentType ?? "") is var type && (MediaTypes.IsJsonBody(type) || MediaTypes.IsProtobuf(type));

    private static async ValueTask AppendInlineAsync(MultipartSection part, UploadField upload, string fileName, PooledBuffer message, CancellationToken cancellationToken)
    {
        using var content = new PooledBuffer();
        await ReadAllAsync(part.Body, content, upload.Options.MaxBytes, () => TooLarge(upload), cancellationToken);
        if (!upload.IsInlineFile)
        {
            upload.Field.AppendDelimited(content.WrittenSpan, message);
            return;
        }

        var file = new InlineFile { Name = fileName.Length <= MaxFileName ? fileName : fileName[..MaxFileName], Content = ByteString.CopyFrom(content.WrittenSpan) };
        upload.Field.AppendDelimited(file.ToByteArray(), message);
    }

    private static async ValueTask AppendFieldAsync(MultipartSection part, ApiMethod method, FieldPlan field, PooledBuffer message, CancellationToken cancellationToken)
    {
        const int MaxFieldBytes = 1024 * 1024;
        using var content = new PooledBuffer();
        await ReadAllAsync(part.Body, content, MaxFieldBytes, () => new ProblemException(Problem.TooLarge($"{field.JsonName}: larger than {MaxFieldBytes} bytes")), cancellationToken);
        var type = MediaTypes.WithoutParameters(part.ContentType ?? "");
        var path = method.FindQueryField(field.JsonName);
        if (path is null && MediaTypes.IsProtobuf(type) && field is { Type: Google.Protobuf.Reflection.FieldType.Message, IsRepeated: false })
        {
            WireValidator.Check(content.WrittenSpan, field.Message);
            field.AppendDelimited(content.WrittenSpan, message);
        }
        else if (path is null || MediaTypes.IsJsonBody(type))
        {
            JsonToWire.ConvertField(content.WrittenSpan, field, message);
        }
        else if (content.WrittenCount > 0 || path.TakesEmptyText)
        {
            path.AppendText(DecodeText(field, content.WrittenSpan), message);
        }
    }

    private static async ValueTask ReadAllAsync(Stream part, PooledBuffer content, long max, Func<ProblemException> tooLarge, CancellationToken cancellationToken)
    {
        int count;
        while ((count = await part.ReadAsync(content.GetMemory(4096), cancellationToken)) > 0)
        {
            content.Advance(count);
            if (content.WrittenCount > max)
                throw tooLarge();
        }
    }

    private static string DecodeText(FieldPlan field, ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes)
        ? System.Text.Encoding.UTF8.GetString(bytes)
        : throw new ProblemException(Problem.InvalidField(field.JsonName, "not valid UTF-8"));

    private static bool IsOptional(UploadField upload) => upload.Field.IsRepeated || upload.Field.Descriptor.ToProto().Proto3Optional;

    private static void Count(Dictionary<string, int> counts, string name, int max)
    {
        var count = counts[name] = counts.GetValueOrDefault(name) + 1;
        if (count > max)
            throw new ProblemException(Problem.InvalidField(name, max == 1 ? "given twice" : (LocalizedText)$"given more than {max} times"));
    }

    private static string? FileNameOf(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName);
        return name.HasValue ? name.Value : null;
    }

    private static void CheckExtension(UploadField upload, string fileName)
    {
        if (upload.Options.Extensions.Count == 0)
            return;
        var extension = fileName[(fileName.LastIndexOf('.') + 1)..];
        if (fileName.Contains('.', StringComparison.Ordinal) && upload.Options.Extensions.Contains(extension.ToLowerInvariant()))
            return;
        throw new ProblemException(Problem.Malformed(upload.Options.ExtensionError is { Length: > 0 } text
            ? LocalizedText.OfContract(text)
            : $"{upload.Field.JsonName}: the file name must end with {string.Join(", ", upload.Options.Extensions.Select(e => "." + e))}"));
    }

    private static string ReadBoundary(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= MaxBoundary } boundary)
            return boundary;
        throw new ProblemException(Problem.Malformed("The Content-Type has no usable boundary"));
    }
}

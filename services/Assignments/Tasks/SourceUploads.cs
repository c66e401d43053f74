using System.Text;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Files.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Tasks;

/// <summary>An uploaded source file.</summary>
/// <param name="FileName">Name in Files; clients derive the language from its extension.</param>
/// <param name="Language">The language.</param>
/// <param name="Text">The program.</param>
public sealed record Source(string FileName, Language Language, string Text);

/// <summary>Sources that the gateway has stored in Files. They are read once and not claimed, because the submission stores the text.</summary>
public sealed class SourceUploads(FilesInternal.FilesInternalClient files)
{
    private const string Kind = "source";
    private const string Field = "source";
    internal const int MaxBytes = 64 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="RpcException">INVALID_ARGUMENT, as documented for SubmitChallenge in tasks.proto.</exception>
    public async Task<Source> ReadAsync(UploadedFile? upload, Guid owner, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        checks.Uuid(upload?.FileId, Field);
        checks.ThrowIfInvalid();
        var file = await VerifyAsync(upload!.FileId, owner, cancellationToken);
        Language language = Path.GetExtension(file.Name) switch
        {
            ".py" => Language.Python,
            ".cpp" => Language.Cpp,
            _ => throw RpcErrors.InvalidField(Field, "must be a .py or .cpp file"),
        };
        var text = Decode(await DownloadAsync(file.FileId, cancellationToken));
        return string.IsNullOrWhiteSpace(text) ? throw RpcErrors.Invalid("Empty source code") : new Source(file.Name, language, text);
    }

    // Files is asked, because the reference in the request is not trusted.
    private async Task<UploadedFile> VerifyAsync(string fileId, Guid owner, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetFileRequest { FileId = fileId, OwnerId = owner.ToString(), Kind = Kind };
            return (await files.GetFileAsync(request, cancellationToken: cancellationToken)).File;
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.NotFound)
        {
            throw RpcErrors.InvalidField(Field, "you have uploaded no such file");
        }
    }

    private async Task<byte[]> DownloadAsync(string fileId, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        using var call = files.Read(new ReadRequest { FileId = fileId }, cancellationToken: cancellationToken);
        await foreach (var piece in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (content.Length + piece.Content.Length > MaxBytes)
                throw RpcErrors.TooLarge($"A source has at most {MaxBytes} bytes");
            content.Write(piece.Content.Span);
        }

        return content.ToArray();
    }

    private static string Decode(byte[] content)
    {
        try
        {
            var text = Utf8.GetString(content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? content.AsSpan(Encoding.UTF8.Preamble.Length) : content);
            return text.Contains('\0', StringComparison.Ordinal) ? throw RpcErrors.InvalidField(Field, "must be text") : text;
        }
        catch (DecoderFallbackException)
        {
            throw RpcErrors.InvalidField(Field, "must be UTF-8");
        }
    }
}

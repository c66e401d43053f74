using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Tasks;

/// <summary>A submitted program.</summary>
/// <param name="FileName">A name of its own for each content. Clients detect the language by its extension.</param>
/// <param name="Language">The language.</param>
/// <param name="Text">The program.</param>
internal sealed record SourceFile(string FileName, Language Language, string Text)
{
    internal const int MaxBytes = 64 * 1024;

    private const string Field = "source";
    private const int NameLength = 32;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="RpcException">INVALID_ARGUMENT or RESOURCE_EXHAUSTED, as SubmitChallenge of tasks.proto says.</exception>
    public static SourceFile Read(InlineFile? file)
    {
        if (file is null)
            throw RpcErrors.InvalidField(Field, "field required");
        if (file.Content.Length > MaxBytes)
            throw RpcErrors.TooLarge($"A source has at most {MaxBytes} bytes");
        var extension = Path.GetExtension(file.Name).ToLowerInvariant();
        Language language = extension switch
        {
            ".py" => Language.Python,
            ".cpp" => Language.Cpp,
            _ => throw RpcErrors.InvalidField(Field, "must be a .py or .cpp file"),
        };
        var text = Decode(file.Content.Span);
        if (string.IsNullOrWhiteSpace(text))
            throw RpcErrors.Invalid("Empty source code");
        return new SourceFile(Convert.ToHexStringLower(SHA256.HashData(file.Content.Span))[..NameLength] + extension, language, text);
    }

    private static string Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            var text = Utf8.GetString(content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content);
            return text.Contains('\0', StringComparison.Ordinal) ? throw RpcErrors.InvalidField(Field, "must be text") : text;
        }
        catch (DecoderFallbackException)
        {
            throw RpcErrors.InvalidField(Field, "must be UTF-8");
        }
    }
}

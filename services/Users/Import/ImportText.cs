using System.Text;
using ShTP.Rpc.Errors;

namespace ShTP.Users.Import;

/// <summary>Decodes text files of spreadsheets: UTF-8, "Unicode text" in UTF-16, and the CSV of a Russian Excel in Windows-1251.</summary>
internal static class ImportText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Encoding Windows1251 = CodePagesEncodingProvider.Instance.GetEncoding(1251)!;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when it is not text.</exception>
    public static string Decode(ReadOnlySpan<byte> content)
    {
        var text = content switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(content[2..]),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(content[2..]),
            _ => DecodeBytes(content).TrimStart('\uFEFF'),
        };
        return text.Contains('\0', StringComparison.Ordinal) ? throw RpcErrors.InvalidField(ImportFile.Field, "the file is not text") : text;
    }

    private static string DecodeBytes(ReadOnlySpan<byte> content)
    {
        try
        {
            return Utf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            // Every byte is valid in Windows-1251, so only characters of Russian texts are accepted.
            var text = Windows1251.GetString(content);
            return text.All(c => char.IsAscii(c) || c is >= 'А' and <= 'я' or 'Ё' or 'ё' or '№' or '«' or '»' or '–' or '—' or '„' or '“' or '”' or '’' or '…' or '\u00a0')
                ? text
                : throw RpcErrors.InvalidField(ImportFile.Field, "the file is not in UTF-8; save it as \"CSV UTF-8\"");
        }
    }
}

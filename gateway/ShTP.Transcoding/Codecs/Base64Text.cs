using System.Buffers;
using System.Buffers.Text;

namespace ShTP.Transcoding.Codecs;

/// <summary>Base64 in both alphabets of RFC 4648, with or without padding.</summary>
internal static class Base64Text
{
    internal const string Expected = "must be base64";

    /// <summary>Writes length and content.</summary>
    internal static bool TryWriteDelimited(ReadOnlySpan<byte> text, PooledBuffer output)
    {
        var start = output.OpenLength();
        if (!TryDecode(text, output))
            return false;
        output.CloseLength(start);
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, PooledBuffer output)
    {
        // Both decoders of .NET skip white space, which is not allowed in JSON values.
        if (text.ContainsAny(" \t\r\n"u8))
            return false;
        var room = output.Reserve(text.Length + 4);
        if (Base64.DecodeFromUtf8(text, room, out _, out var count) == OperationStatus.Done)
        {
            output.Commit(count);
            return true;
        }

        var padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        if (padding > 0 && text.Length % 4 != 0)
            return false;
        text = text[..^padding];
        text.Replace(room, (byte)'-', (byte)'+');
        room[..text.Length].Replace((byte)'_', (byte)'/');
        var length = text.Length;
        while (length % 4 != 0)
            room[length++] = (byte)'=';
        if (Base64.DecodeFromUtf8InPlace(room[..length], out count) != OperationStatus.Done)
            return false;
        output.Commit(count);
        return true;
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;

namespace ShTP.Events.Calendars;

/// <summary>
/// Secrets of calendar addresses: a random nonce and its HMAC-SHA-256. Only the nonce is stored, so access to the
/// database does not reveal addresses, and a forged address is refused without a query.
/// </summary>
internal sealed class CalendarSecrets(EventsOptions options)
{
    private const int NonceLength = 16;
    private const int Length = NonceLength + HMACSHA256.HashSizeInBytes;

    // A multiple of three bytes, so that the base64 text has no padding and one spelling.
    private const int TextLength = Length / 3 * 4;

    private readonly byte[] _key = options.CalendarKeyBytes;

    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceLength);

    /// <summary>A secret of 64 characters that are valid in a path.</summary>
    public string SecretOf(byte[] nonce) => Base64Url.EncodeToString([.. nonce, .. HMACSHA256.HashData(_key, nonce)]);

    /// <summary>The nonce of a valid secret; null for a forged one. Takes the same time for every wrong secret.</summary>
    public byte[]? NonceOf(string secret)
    {
        if (secret.Length != TextLength || !Base64Url.IsValid(secret))
            return null;
        var bytes = new byte[Length];
        if (!Base64Url.TryDecodeFromChars(secret, bytes, out var length) || length != Length)
            return null;
        var nonce = bytes[..NonceLength];
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(NonceLength), HMACSHA256.HashData(_key, nonce)) ? nonce : null;
    }
}

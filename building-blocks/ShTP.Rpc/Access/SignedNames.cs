using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ShTP.Rpc.Access;

/// <summary>What a link's signature says.</summary>
public enum LinkState
{
    /// <summary>Not signed for this name, or not by us.</summary>
    Invalid,

    /// <summary>Signed for this name, but its time is over.</summary>
    Expired,

    /// <summary>Signed for this name and in time.</summary>
    Valid,
}

/// <summary>
/// Names of private files as they are handed to clients: <c>name?exp=SECONDS&amp;sig=...</c>, so that an
/// <c>&lt;img&gt;</c> without any header can load them and the address cannot be guessed. HMAC-SHA-256 over folder, name and expiry.
/// </summary>
public sealed class SignedNames
{
    /// <summary>The configuration value: base64 of at least 32 bytes, the same for the service that signs and the one that checks.</summary>
    public const string KeySetting = "Files:LinkKey";

    /// <summary>Least length of the key in bytes.</summary>
    public const int MinKeyLength = 32;

    private const long Lifetime = 6 * 60 * 60;

    /// <summary>Expiries are multiples of this, in seconds, so that the same name keeps its URL, and browsers their copy, for that long.</summary>
    private const long Step = 60 * 60;

    private readonly byte[] _key;
    private readonly TimeProvider _clock;

    /// <exception cref="ArgumentException">The key is shorter than <see cref="MinKeyLength"/>.</exception>
    public SignedNames(byte[] key, TimeProvider clock)
    {
        if (key.Length < MinKeyLength)
            throw new ArgumentException($"{KeySetting} must have at least {MinKeyLength} bytes, it has {key.Length}", nameof(key));
        _key = [.. key];
        _clock = clock;
    }

    /// <summary>The key of the configuration; false, with what is wrong, when there is no usable one.</summary>
    public static bool TryReadKey(string? setting, out byte[] key, out string fault)
    {
        key = [];
        fault = "";
        if (string.IsNullOrWhiteSpace(setting))
            fault = $"{KeySetting} is missing: base64 of at least {MinKeyLength} random bytes";
        else if (!TryDecode(setting, out key))
            fault = $"{KeySetting} is not base64";
        else if (key.Length < MinKeyLength)
            fault = $"{KeySetting} must have at least {MinKeyLength} bytes, it has {key.Length}";
        return fault.Length == 0;
    }

    /// <summary>The name with its query, valid for six to seven hours.</summary>
    public string Sign(string folder, string name)
    {
        var expires = (_clock.GetUtcNow().ToUnixTimeSeconds() + Lifetime + Step - 1) / Step * Step;
        return string.Create(CultureInfo.InvariantCulture, $"{name}?exp={expires}&sig={Signature(folder, name, expires)}");
    }

    /// <summary>Checks a query; takes the same time for every wrong signature.</summary>
    public LinkState Check(string folder, string name, string? exp, string? sig)
    {
        if (!long.TryParse(exp, NumberStyles.None, CultureInfo.InvariantCulture, out var expires) || sig is null)
            return LinkState.Invalid;
        // Compared as text: decoding would have to tell bad base64 apart, and several spellings would be one signature.
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sig), Encoding.UTF8.GetBytes(Signature(folder, name, expires))))
            return LinkState.Invalid;
        return expires > _clock.GetUtcNow().ToUnixTimeSeconds() ? LinkState.Valid : LinkState.Expired;
    }

    private static bool TryDecode(string setting, out byte[] key)
    {
        var buffer = new byte[setting.Length];
        var isBase64 = Convert.TryFromBase64String(setting, buffer, out var length);
        key = buffer[..length];
        return isBase64;
    }

    private string Signature(string folder, string name, long expires) => Base64Url.EncodeToString(
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{folder}\n{name}\n{expires}"))));
}

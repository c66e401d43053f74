using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ShTP.Auth.Passwords;

/// <summary>
/// Argon2id as PHC strings: <c>$argon2id$v=19$m=19456,t=2,p=1$&lt;salt&gt;$&lt;hash&gt;</c> (m in KiB; salt and hash in base64
/// without padding). New hashes have one lane; hashes of any number of lanes can be verified.
/// </summary>
internal static partial class Argon2id
{
    /// <summary>Largest memory parameter that is accepted in a stored hash, 256 MiB.</summary>
    public const int MaxMemoryKib = 256 * 1024;

    /// <summary>Largest number of passes that is accepted in a stored hash.</summary>
    public const int MaxPasses = 16;

    private const int SaltBytes = 16;
    private const int TagBytes = 32;
    private const int MaxPhcLength = 127;

    /// <summary>A new hash with a random salt.</summary>
    public static string Hash(ReadOnlySpan<byte> password, int memoryKib, int passes)
    {
        Span<byte> salt = stackalloc byte[SaltBytes];
        Span<byte> tag = stackalloc byte[TagBytes];
        RandomNumberGenerator.Fill(salt);
        Argon2Core.Compute(new(memoryKib, passes, Lanes: 1), password, salt, [], [], tag);
        return $"$argon2id$v=19$m={memoryKib},t={passes},p=1${Encode(salt)}${Encode(tag)}";
    }

    /// <summary>Verifies the password with the parameters of the hash.</summary>
    /// <exception cref="FormatException">It is no hash that <see cref="ParametersOf"/> accepts.</exception>
    public static bool Verify(ReadOnlySpan<byte> password, string phc)
    {
        if (Read(phc) is not var (parameters, salt, expected))
            throw new FormatException("A stored password hash is no Argon2id hash within the limits.");
        Span<byte> tag = stackalloc byte[MaxPhcLength];
        tag = tag[..expected.Length];
        Argon2Core.Compute(parameters, password, salt, [], [], tag);
        return CryptographicOperations.FixedTimeEquals(tag, expected);
    }

    /// <summary>The parameters of a well-formed PHC string within the accepted limits, or null.</summary>
    public static Argon2Parameters? ParametersOf(string phc) => Read(phc)?.Parameters;

    private static (Argon2Parameters Parameters, byte[] Salt, byte[] Tag)? Read(string phc)
    {
        var match = phc.Length <= MaxPhcLength ? Phc().Match(phc) : Match.Empty;
        if (!match.Success)
            return null;
        var (memory, passes, lanes) = (Number("m"), Number("t"), Number("p"));
        return memory is >= 8 and <= MaxMemoryKib && passes is >= 1 and <= MaxPasses && lanes is >= 1 and <= 16 && memory >= 8 * lanes
            && Decode(match.Groups["salt"].Value) is { } salt && Decode(match.Groups["tag"].Value) is { } tag
            ? (new(memory, passes, lanes), salt, tag)
            : null;

        int Number(string name) => int.Parse(match.Groups[name].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    // Null for a length that no bytes encode to, and for bits that are set behind the last byte.
    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length * 3 / 4];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var written) && Encode(bytes.AsSpan(0, written)) == text
            ? bytes[..written]
            : null;
    }

    [GeneratedRegex(@"\A\$argon2id\$v=19\$m=(?<m>[0-9]{1,9}),t=(?<t>[0-9]{1,4}),p=(?<p>[0-9]{1,3})\$(?<salt>[A-Za-z0-9+/]{11,64})\$(?<tag>[A-Za-z0-9+/]{22,86})\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Phc();
}

/// <summary>What a hash costs.</summary>
/// <param name="MemoryKib">Memory in KiB.</param>
/// <param name="Passes">Passes over the memory.</param>
/// <param name="Lanes">Independent parts of the memory.</param>
internal readonly record struct Argon2Parameters(int MemoryKib, int Passes, int Lanes);

using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ShTP.Auth.Passwords;

/// <summary>
/// Argon2id over libsodium, stored as PHC strings: <c>$argon2id$v=19$m=19456,t=2,p=1$&lt;salt&gt;$&lt;hash&gt;</c>
/// (m in KiB; salt and hash in base64 without padding). libsodium computes one lane for new hashes and verifies any.
/// </summary>
internal static partial class Argon2id
{
    /// <summary>Largest memory parameter that is accepted in a stored hash, 256 MiB.</summary>
    public const int MaxMemoryKib = 256 * 1024;

    /// <summary>Largest number of passes that is accepted in a stored hash.</summary>
    public const int MaxPasses = 16;

    /// <summary>A new hash with a random salt.</summary>
    public static string Hash(ReadOnlySpan<byte> password, int memoryKib, int passes)
    {
        Span<byte> phc = stackalloc byte[Sodium.PhcBytes];
        if (Sodium.HashToPhc(phc, password, (ulong)password.Length, (ulong)passes, (nuint)memoryKib * 1024, Sodium.Argon2id13) != 0)
            throw new CryptographicException($"libsodium has no {memoryKib} KiB of memory for a password hash.");
        return Encoding.ASCII.GetString(phc[..phc.IndexOf((byte)0)]);
    }

    /// <summary>Verifies the password with the parameters of the hash.</summary>
    public static bool Verify(ReadOnlySpan<byte> password, string phc)
    {
        Span<byte> terminated = stackalloc byte[Sodium.PhcBytes];
        Encoding.ASCII.GetBytes(phc, terminated);
        return Sodium.VerifyPhc(terminated, password, (ulong)password.Length) == 0;
    }

    /// <summary>The parameters of a well-formed PHC string within the accepted limits, or null.</summary>
    public static (int MemoryKib, int Passes, int Lanes)? ParametersOf(string phc)
    {
        var match = phc.Length < Sodium.PhcBytes ? Phc().Match(phc) : Match.Empty;
        if (!match.Success)
            return null;
        var (memory, passes, lanes) = (Number("m"), Number("t"), Number("p"));
        return memory is >= 8 and <= MaxMemoryKib && passes is >= 1 and <= MaxPasses && lanes is >= 1 and <= 16 && memory >= 8 * lanes
            ? (memory, passes, lanes)
            : null;

        int Number(string name) => int.Parse(match.Groups[name].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\A\$argon2id\$v=19\$m=(?<m>[0-9]{1,9}),t=(?<t>[0-9]{1,4}),p=(?<p>[0-9]{1,3})\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{22,86}\z")]
    private static partial Regex Phc();
}

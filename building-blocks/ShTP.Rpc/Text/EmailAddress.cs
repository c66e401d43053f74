using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Mail;

namespace ShTP.Rpc.Text;

/// <summary>Normalization of e-mail addresses: one address is one account.</summary>
public static class EmailAddress
{
    private const int MaxLength = 254; // RFC 5321, 4.5.3.1.3 less the angle brackets

    private static readonly IdnMapping Idn = new();

    /// <summary>The normalized address: trimmed, in lower case, the domain in ASCII (RFC 5890).</summary>
    public static bool TryNormalize(string value, [NotNullWhen(true)] out string? email)
    {
        email = null;
        var text = UnicodeText.Compose(value.Trim());
        if (text.Length > MaxLength || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '<' or '>' or ',') || UnicodeText.FindInvisible(text) is not null)
            return false;
        var at = text.LastIndexOf('@');
        if (at < 1 || !TryGetAscii(text[(at + 1)..], out var domain))
            return false;
        var normalized = $"{text[..at].ToLowerInvariant()}@{domain}";
        if (normalized.Length > MaxLength || !domain.Contains('.', StringComparison.Ordinal) || !MailAddress.TryCreate(normalized, out var address) || address.Address != normalized)
            return false;
        email = normalized;
        return true;
    }

    /// <summary>
    /// The stored spellings that an address can have: the current form, and the older one with the original case of the
    /// local part and the original domain. Closest to the typed one first. Empty for text that is not an address.
    /// </summary>
    public static IReadOnlyList<string> Spellings(string value)
    {
        if (!TryNormalize(value, out var email))
            return [];
        var typed = value.Trim();
        var (local, domain) = (email[..email.LastIndexOf('@')], email[(email.LastIndexOf('@') + 1)..]);
        string[] locals = [typed[..typed.LastIndexOf('@')], local];
        string[] domains = [domain, UnicodeOf(domain)];
        return [.. locals.SelectMany(left => domains.Select(right => $"{left}@{right}")).Distinct()];
    }

    private static bool TryGetAscii(string domain, [NotNullWhen(true)] out string? ascii)
    {
        try
        {
            // The mapping does not lower-case ASCII when globalization is invariant.
            ascii = Idn.GetAscii(domain.ToLowerInvariant());
            return true;
        }
        catch (ArgumentException)
        {
            ascii = null;
            return false;
        }
    }

    private static string UnicodeOf(string ascii)
    {
        try
        {
            return Idn.GetUnicode(ascii);
        }
        catch (ArgumentException)
        {
            return ascii;
        }
    }
}

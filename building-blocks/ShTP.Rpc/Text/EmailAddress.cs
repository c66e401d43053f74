using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Mail;

namespace ShTP.Rpc.Text;

/// <summary>E-mail addresses: one person is one address, however it is spelled.</summary>
public static class EmailAddress
{
    private const int MaxLength = 254; // RFC 5321, 4.5.3.1.3 less the angle brackets

    private static readonly IdnMapping Idn = new();

    /// <summary>The address as it is stored and compared: without blanks around it, in lower case, the domain in ASCII (RFC 5890).</summary>
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
    /// The ways in which an address may be stored: as it is now, and before that with the case of its local part and the domain as
    /// it was given. The nearest to what was typed come first. Empty for what is no address.
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
            // The mapping leaves capital letters as they are where globalization is invariant.
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

using System.Diagnostics.CodeAnalysis;
using System.Net.Mail;

namespace ShTP.ServiceDefaults.Errors;

/// <summary>
/// Collects everything that is wrong with a request, so that a client hears of all faults at once. Fields are
/// named as JSON spells them.
/// </summary>
public sealed class FieldChecks
{
    private const int MaxEmailLength = 254; // RFC 5321, 4.5.3.1.3 less the angle brackets

    private readonly List<(string Field, string Detail)> violations = [];

    /// <summary>Everything that is wrong so far in one line; null when nothing is.</summary>
    public string? Faults => violations.Count == 0 ? null : Rpc.Describe(violations);

    /// <summary>Adds a fault.</summary>
    public void Add(string field, string detail) => violations.Add((field, detail));

    /// <summary>Requires text of at least <paramref name="min"/> and at most <paramref name="max"/> characters and without control characters other than line breaks and tabs.</summary>
    public void Text(string? value, int min, int max, string field)
    {
        if (string.IsNullOrEmpty(value) && min > 0)
            Add(field, "field required");
        else if (value is not null && (value.Length < min || value.Length > max))
            Add(field, min > 0 ? $"must have {min} to {max} characters" : $"must have at most {max} characters");
        else if (value is not null && value.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            Add(field, "must not contain control characters");
    }

    /// <summary>Requires a number within bounds.</summary>
    public void Range(int value, int min, int max, string field)
    {
        if (value < min || value > max)
            Add(field, $"must be between {min} and {max}");
    }

    /// <summary>Requires a UUID; the result is <see cref="Guid.Empty"/> when it is none, and the fault is noted.</summary>
    public Guid Uuid(string? value, string field)
    {
        if (Guid.TryParseExact(value, "D", out var id))
            return id;
        Add(field, string.IsNullOrEmpty(value) ? "field required" : "value is not a valid uuid");
        return Guid.Empty;
    }

    /// <summary>The UUID of a request that has nothing else to check.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when it is none.</exception>
    public static Guid RequireUuid(string? value, string field)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(value, field);
        checks.ThrowIfInvalid();
        return id;
    }

    /// <summary>Requires an e-mail address and gives it with the domain in lower case, as it is stored and compared.</summary>
    public string Email(string? value, string field)
    {
        if (string.IsNullOrEmpty(value))
        {
            Add(field, "field required");
            return "";
        }

        if (TryNormalizeEmail(value, out var email))
            return email;
        Add(field, "value is not a valid email address");
        return "";
    }

    /// <summary>Checks an e-mail address and lower-cases its domain.</summary>
    public static bool TryNormalizeEmail(string value, [NotNullWhen(true)] out string? email)
    {
        email = null;
        if (value.Length > MaxEmailLength || value.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '<' or '>' or ','))
            return false;
        var at = value.LastIndexOf('@');
        if (!MailAddress.TryCreate(value, out var address) || address.Address != value || !value[(at + 1)..].Contains('.', StringComparison.Ordinal))
            return false;
        email = value[..(at + 1)] + value[(at + 1)..].ToLowerInvariant();
        return true;
    }

    /// <summary>Throws when anything was wrong.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every fault.</exception>
    public void ThrowIfInvalid()
    {
        if (violations.Count > 0)
            throw Rpc.InvalidFields(violations);
    }
}

using ShTP.Localization;
using ShTP.Rpc.Text;

namespace ShTP.Rpc.Errors;

/// <summary>Collects all faults of a request, so that the client gets all of them in one response. Fields are named as in JSON.</summary>
public sealed class FieldChecks
{
    private readonly List<(string Field, LocalizedText Detail)> _violations = [];

    /// <summary>All faults so far in one line; null when there are none.</summary>
    public string? Faults => _violations.Count == 0 ? null : RpcErrors.Describe(_violations);

    /// <summary>Adds a fault.</summary>
    public void Add(string field, LocalizedText detail) => _violations.Add((field, detail));

    /// <summary>Requires text of at least <paramref name="min"/> and at most <paramref name="max"/> characters and without control characters other than line breaks and tabs.</summary>
    public void Text(string? value, int min, int max, string field)
    {
        if (string.IsNullOrEmpty(value) && min > 0)
            Add(field, "field required");
        else if (value is not null && (value.Length < min || value.Length > max))
            Add(field, min > 0 ? (LocalizedText)$"must have {min} to {max} characters" : $"must have at most {max} characters");
        else if (value is not null && value.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            Add(field, "must not contain control characters");
    }

    /// <summary>Requires one line of visible text, such as a name, and returns it normalized and trimmed.</summary>
    public string Name(string? value, int min, int max, string field)
    {
        var name = UnicodeText.Compose((value ?? "").Trim());
        Text(name, min, max, field);
        if (name.Length > max)
            return name;
        if (name.AsSpan().ContainsAny('\n', '\r', '\t'))
            Add(field, "must not contain tabs or line breaks");
        Visible(name, field);
        return name;
    }

    /// <summary>The same for a title, which becomes one line: line breaks and tabs become blanks.</summary>
    public string Title(string? value, int min, int max, string field) =>
        Name(value?.ReplaceLineEndings(" ").Replace('\t', ' '), min, max, field);

    /// <summary>Requires that text has visible characters, no invisible ones, and no characters that change its direction.</summary>
    public void Visible(string text, string field)
    {
        if (UnicodeText.FindInvisible(text) is { } hidden)
            Add(field, $"must not contain invisible characters or ones that change the direction of text (U+{hidden.Value:X4})");
        else if (text.Length > 0 && !UnicodeText.IsVisible(text))
            Add(field, "must contain something that can be seen");
    }

    /// <summary>Requires a number within bounds.</summary>
    public void Range(int value, int min, int max, string field)
    {
        if (value < min || value > max)
            Add(field, $"must be between {min} and {max}");
    }

    /// <summary>Requires a UUID. For another text it adds a fault and returns <see cref="Guid.Empty"/>.</summary>
    public Guid Uuid(string? value, string field)
    {
        if (Guid.TryParseExact(value, "D", out var id))
            return id;
        Add(field, string.IsNullOrEmpty(value) ? "field required" : "value is not a valid uuid");
        return Guid.Empty;
    }

    /// <summary>Parses the only UUID of a request.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when it is not a UUID.</exception>
    public static Guid RequireUuid(string? value, string field)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(value, field);
        checks.ThrowIfInvalid();
        return id;
    }

    /// <summary>Requires an e-mail address and returns its normalized form: see <see cref="EmailAddress"/>.</summary>
    public string Email(string? value, string field)
    {
        if (string.IsNullOrWhiteSpace(value))
            Add(field, "field required");
        else if (UnicodeText.FindInvisible(value.Trim()) is not null)
            Visible(value.Trim(), field);
        else if (EmailAddress.TryNormalize(value, out var email))
            return email;
        else
            Add(field, "value is not a valid email address");
        return "";
    }

    /// <summary>Throws when there are faults.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every fault.</exception>
    public void ThrowIfInvalid()
    {
        if (_violations.Count > 0)
            throw RpcErrors.InvalidFields(_violations);
    }
}

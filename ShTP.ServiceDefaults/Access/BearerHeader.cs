using System.Diagnostics.CodeAnalysis;

namespace ShTP.ServiceDefaults.Access;

/// <summary>The Authorization header as the clients know it: <c>Bearer</c> in that case, one space, one token.</summary>
public static class BearerHeader
{
    private const string Scheme = "Bearer ";

    /// <summary>The token in the header, or the fault to answer with.</summary>
    public static bool TryRead(string? header, [NotNullWhen(true)] out string? token, [NotNullWhen(false)] out TokenFault? fault)
    {
        token = null;
        fault = null;
        if (string.IsNullOrEmpty(header))
            fault = TokenFault.MissingHeader;
        else if (!header.StartsWith(Scheme, StringComparison.Ordinal) || header.Length == Scheme.Length || header.AsSpan(Scheme.Length).ContainsAny(' ', '\t', ','))
            fault = TokenFault.BadHeader;
        else
            token = header[Scheme.Length..];
        return token is not null;
    }
}

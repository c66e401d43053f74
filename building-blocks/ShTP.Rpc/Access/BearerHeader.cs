using System.Diagnostics.CodeAnalysis;

namespace ShTP.Rpc.Access;

/// <summary>The Authorization header: <c>Bearer</c> in any case (RFC 9110, 11.1), spaces, one token.</summary>
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
        else if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || header.AsSpan(Scheme.Length).Trim(' ') is not { IsEmpty: false } text || text.ContainsAny(' ', '\t', ','))
            fault = TokenFault.BadHeader;
        else
            token = text.ToString();
        return token is not null;
    }
}

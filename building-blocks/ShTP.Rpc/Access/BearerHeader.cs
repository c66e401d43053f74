namespace ShTP.Rpc.Access;

/// <summary>The <c>Authorization</c> header: "Bearer" in any case (RFC 9110, 11.1), spaces, one token.</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    /// <summary>The token, or nothing when the header is missing or of another form.</summary>
    public static ReadOnlySpan<char> FindToken(string header) =>
        header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && header.AsSpan(Scheme.Length).Trim(' ') is { IsEmpty: false } token && !token.ContainsAny(' ', '\t', ',')
            ? token
            : default;
}

namespace ShTP.Gateway.Edge;

/// <summary>
/// The address under which clients know the gateway, for redirects. The client's <c>Host</c> header is not used:
/// an attacker who controls it could redirect the victim to another site. Empty when it is not configured; a redirect
/// is then a path, which stays on the same host.
/// </summary>
internal sealed record PublicAddress(string Value)
{
    public const string Key = "Gateway:PublicAddress";

    /// <summary>Reads the setting, or says what is wrong with it.</summary>
    public static (PublicAddress Address, string? Fault) Read(IConfiguration configuration) => configuration[Key] switch
    {
        null or "" => (new PublicAddress(""), null),
        { } text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" }
            => (new PublicAddress(uri.GetLeftPart(UriPartial.Authority)), null),
        { } text => (new PublicAddress(""), $"{Key} is '{text}'; it must be an http or https address without a path, such as https://shtp.school.example."),
    };
}

using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ShTP.Auth.OpenId;

/// <summary>OpenID Connect; section <c>Auth:OpenId</c>.</summary>
internal sealed class OpenIdOptions : IValidatableObject
{
    public const string Section = "Auth:OpenId";

    /// <summary>
    /// The gateway's public address, such as <c>https://shtp.school.example</c>: the issuer of ID tokens. The default
    /// is the address of the request that the gateway forwards. The cookies require https here.
    /// </summary>
    public string? Issuer { get; init; }

    /// <summary>Addresses or networks of gateways on other machines, whose <c>X-Forwarded-*</c> headers are trusted.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Lifetime of access tokens, which are for the user info endpoint only.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a browser stays signed in, so that the next site needs no password.</summary>
    public TimeSpan BrowserLifetime { get; init; } = TimeSpan.FromHours(8);

    internal bool IsHttps => Issuer?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;

    internal IEnumerable<IPNetwork> Networks => TrustedProxies.Select(text => NetworkOf(text)!.Value);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Issuer) && !(Uri.TryCreate(Issuer, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0))
            yield return new("Auth:OpenId:Issuer must be the gateway's public address without a path, such as https://shtp.school.example.", [nameof(Issuer)]);
        foreach (var proxy in TrustedProxies.Where(text => NetworkOf(text) is null))
            yield return new($"Auth:OpenId:TrustedProxies: '{proxy}' is neither an address nor a network such as 10.0.0.0/8.", [nameof(TrustedProxies)]);
        if (AccessTokenLifetime < TimeSpan.FromSeconds(10) || AccessTokenLifetime > TimeSpan.FromDays(1))
            yield return new("Auth:OpenId:AccessTokenLifetime must be between 10 seconds and 1 day.", [nameof(AccessTokenLifetime)]);
        if (BrowserLifetime < TimeSpan.FromMinutes(1) || BrowserLifetime > TimeSpan.FromDays(30))
            yield return new("Auth:OpenId:BrowserLifetime must be between 1 minute and 30 days.", [nameof(BrowserLifetime)]);
    }

    private static IPNetwork? NetworkOf(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return IPNetwork.TryParse(text, out var network) ? network : null;
    }
}

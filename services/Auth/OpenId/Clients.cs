using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using ShTP.Auth.Apps;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ShTP.Auth.OpenId;

/// <summary>OpenID Connect clients of apps: a client has the id of its app and is deleted with it.</summary>
internal sealed class Clients(AuthDb db, IOpenIddictApplicationManager applications)
{
    private const int SecretSize = 32;

    /// <summary>
    /// Makes an app a client, or changes its kind; consents are kept. The secret is stored as a hash, and is null for a
    /// public client.
    /// </summary>
    public async Task<string?> SetAsync(App app, bool isPublic, IEnumerable<string> postLogoutUrls, CancellationToken cancellationToken)
    {
        var secret = isPublic ? null : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretSize));
        var description = new OpenIddictApplicationDescriptor
        {
            ClientId = app.Id.ToString(),
            ClientType = isPublic ? ClientTypes.Public : ClientTypes.Confidential,
            ApplicationType = TypeFor(app.RedirectUrl),
            ConsentType = ConsentTypes.Explicit,
            RedirectUris = { new Uri(Registered(app.RedirectUrl)) },
            Permissions =
            {
                Permissions.Endpoints.Authorization,
                Permissions.Endpoints.Token,
                Permissions.Endpoints.Revocation,
                Permissions.Endpoints.EndSession,
                Permissions.GrantTypes.AuthorizationCode,
                Permissions.GrantTypes.RefreshToken,
                Permissions.ResponseTypes.Code,
                Permissions.Scopes.Profile,
                Permissions.Scopes.Email,
            },
        };
        foreach (var url in postLogoutUrls)
            description.PostLogoutRedirectUris.Add(new Uri(url));
        if (isPublic)
            description.Requirements.Add(Requirements.Features.ProofKeyForCodeExchange);
        var known = await db.Clients.SingleOrDefaultAsync(client => client.Id == app.Id, cancellationToken);
        var client = known ?? new OpenIddictEntityFrameworkCoreApplication<Guid> { Id = app.Id };
        await applications.PopulateAsync(client, description, cancellationToken);
        if (known is null)
            await applications.CreateAsync(client, secret, cancellationToken);
        else
            await applications.UpdateAsync(client, secret, cancellationToken);
        return secret;
    }

    /// <summary>Removes the client with its consents and tokens. False when there was none.</summary>
    public async Task<bool> RemoveAsync(Guid app, CancellationToken cancellationToken) =>
        await db.Clients.Where(client => client.Id == app).ExecuteDeleteAsync(cancellationToken) > 0;

    /// <summary>Applies an app's new redirect URL, in the caller's transaction.</summary>
    public static Task MoveAsync(AuthDb db, Guid app, string redirectUrl, CancellationToken cancellationToken)
    {
        var urls = JsonSerializer.Serialize(new[] { Registered(redirectUrl) });
        var (type, version) = (TypeFor(redirectUrl), Guid.NewGuid().ToString());
        return db.Clients.Where(client => client.Id == app).ExecuteUpdateAsync(
            set => set.SetProperty(client => client.RedirectUris, urls).SetProperty(client => client.ApplicationType, type).SetProperty(client => client.ConcurrencyToken, version),
            cancellationToken);
    }

    // A program on the user's own computer listens on a port that is free just then (RFC 8252 7.3); OpenIddict takes any where none is registered.
    private static string Registered(string redirectUrl) =>
        RedirectUrl.IsLoopbackAddress(redirectUrl) ? new UriBuilder(redirectUrl) { Port = -1 }.Uri.AbsoluteUri : redirectUrl;

    private static string TypeFor(string redirectUrl) => RedirectUrl.IsLoopbackAddress(redirectUrl) ? ApplicationTypes.Native : ApplicationTypes.Web;
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using ShTP.Auth.Apps;
using ShTP.Auth.Data;
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
    public async Task<string?> SetAsync(App app, bool isPublic, CancellationToken cancellationToken)
    {
        var secret = isPublic ? null : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretSize));
        var description = new OpenIddictApplicationDescriptor
        {
            ClientId = app.Id.ToString(),
            ClientType = isPublic ? ClientTypes.Public : ClientTypes.Confidential,
            ConsentType = ConsentTypes.Explicit,
            RedirectUris = { new Uri(app.RedirectUrl) },
            Permissions =
            {
                Permissions.Endpoints.Authorization,
                Permissions.Endpoints.Token,
                Permissions.GrantTypes.AuthorizationCode,
                Permissions.GrantTypes.RefreshToken,
                Permissions.ResponseTypes.Code,
                Permissions.Scopes.Profile,
                Permissions.Scopes.Email,
            },
            Requirements = { Requirements.Features.ProofKeyForCodeExchange },
        };
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
        var urls = JsonSerializer.Serialize(new[] { redirectUrl });
        var version = Guid.NewGuid().ToString();
        return db.Clients.Where(client => client.Id == app).ExecuteUpdateAsync(
            set => set.SetProperty(client => client.RedirectUris, urls).SetProperty(client => client.ConcurrencyToken, version), cancellationToken);
    }
}

using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using ShTP.Auth.Keys;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ShTP.Auth.OpenId;

/// <summary>
/// Gives OpenIddict the keys that sign all of Auth's tokens, again whenever they change, and has the active one sign: the
/// first of the list may be one that is only published yet. ID tokens are signed with RS256, which every site knows (OpenID
/// Connect Core 15.1). What sites cannot read is encrypted with a key derived from
/// the configured secret, so that every replica reads it.
/// </summary>
internal sealed class OpenIdKeys(KeyRing ring, KeyEncryption encryption)
    : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>, IOpenIddictServerHandler<GenerateTokenContext>
{
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => ring.GetChangeToken();

    public void Configure(OpenIddictServerOptions options)
    {
        options.SigningCredentials.AddRange(ring.All.Select(key => key.Site).OfType<SigningCredentials>());
        options.SigningCredentials.AddRange(ring.All.Select(key => key.Signing));
        options.EncryptionCredentials.Add(new EncryptingCredentials(
            new SymmetricSecurityKey(encryption.Derive("shtp openid tokens")) { KeyId = "shtp" }, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
    }

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.SigningCredentials is not null)
            context.SigningCredentials = (context.TokenType == TokenTypeIdentifiers.IdentityToken ? ring.Active.Site : null) ?? ring.Active.Signing;
        return ValueTask.CompletedTask;
    }
}

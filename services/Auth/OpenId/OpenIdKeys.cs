using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using ShTP.Auth.Keys;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ShTP.Auth.OpenId;

/// <summary>
/// Updates OpenIddict's keys whenever Auth's keys change, and selects the active one for signing, because the first of
/// the list may be published but not active yet. Tokens that sites cannot read are encrypted with a key derived from
/// the configured secret, so every replica can read them.
/// </summary>
internal sealed class OpenIdKeys(KeyRing ring, KeyEncryption encryption)
    : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>, IOpenIddictServerHandler<GenerateTokenContext>
{
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => ring.GetChangeToken();

    public void Configure(OpenIddictServerOptions options)
    {
        options.SigningCredentials.AddRange(ring.All.Select(key => key.Signing));
        options.EncryptionCredentials.Add(new EncryptingCredentials(
            new SymmetricSecurityKey(encryption.Derive("shtp openid tokens")) { KeyId = "shtp" }, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
    }

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.SigningCredentials is not null)
            context.SigningCredentials = ring.Active.Signing;
        return ValueTask.CompletedTask;
    }
}

using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using ShTP.Auth.Apps;
using Client = OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreApplication<System.Guid>;
using Consent = OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreAuthorization<System.Guid>;
using Scope = OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreScope<System.Guid>;
using Token = OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreToken<System.Guid>;

namespace ShTP.Auth.OpenId;

/// <summary>OpenIddict's tables in Auth's database; rows of an app are deleted with it.</summary>
internal static class OpenIdModel
{
    public static void AddOpenId(this ModelBuilder model)
    {
        model.UseOpenIddict<Guid>();
        model.Entity<Client>(client =>
        {
            client.ToTable("openid_clients");
            client.HasOne<App>().WithOne().HasForeignKey<Client>(known => known.Id).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Consent>(consent =>
        {
            consent.ToTable("openid_consents");
            consent.HasOne(known => known.Application).WithMany(client => client.Authorizations).OnDelete(DeleteBehavior.Cascade);
            consent.HasIndex(known => known.Subject);
        });
        model.Entity<Token>(token =>
        {
            token.ToTable("openid_tokens");
            token.HasOne(known => known.Application).WithMany(client => client.Tokens).OnDelete(DeleteBehavior.Cascade);
            token.HasOne(known => known.Authorization).WithMany(consent => consent.Tokens).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Scope>().ToTable("openid_scopes");
        model.Entity<DataProtectionKey>().ToTable("form_keys");
    }
}

using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using OpenIddict.EntityFrameworkCore.Models;
using ShTP.Auth.Accounts;
using ShTP.Auth.Apps;
using ShTP.Auth.Keys;
using ShTP.Auth.Login;
using ShTP.Auth.OpenId;
using ShTP.Auth.Sessions;
using ShTP.Data.Audit;
using ShTP.Data.Idempotency;
using ShTP.Data.Outbox;

namespace ShTP.Auth;

/// <summary>The database of Auth.</summary>
/// <remarks>After a change: <c>dotnet ef migrations add NAME --project services/Auth</c>; no database is needed.</remarks>
internal sealed class AuthDb(DbContextOptions<AuthDb> options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<Credentials> Credentials => Set<Credentials>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Revocation> Revocations => Set<Revocation>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<App> Apps => Set<App>();

    public DbSet<AppToken> AppTokens => Set<AppToken>();

    public DbSet<OpenIddictEntityFrameworkCoreApplication<Guid>> Clients => Set<OpenIddictEntityFrameworkCoreApplication<Guid>>();

    public DbSet<OpenIddictEntityFrameworkCoreAuthorization<Guid>> Consents => Set<OpenIddictEntityFrameworkCoreAuthorization<Guid>>();

    public DbSet<OpenIddictEntityFrameworkCoreToken<Guid>> SiteTokens => Set<OpenIddictEntityFrameworkCoreToken<Guid>>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<LoginFailures> LoginFailures => Set<LoginFailures>();

    public DbSet<KnownPlace> KnownPlaces => Set<KnownPlace>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AuthDb).Assembly);
        modelBuilder.AddOpenId();
        modelBuilder.AddOutboxAndInbox();
        modelBuilder.AddAudit();
        modelBuilder.AddRecordedCalls();
    }
}

/// <summary>Lets <c>dotnet ef</c> build the model without the service's configuration.</summary>
internal sealed class AuthDbDesign : IDesignTimeDbContextFactory<AuthDb>
{
    public AuthDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AuthDb>().UseNpgsql("Host=design").UseSnakeCaseNamingConvention().Options);
}

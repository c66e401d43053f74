using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Auth.Login;

/// <summary>Failed attempts of one account or one address, in the database so that all replicas share the count.</summary>
internal sealed class LoginFailures
{
    /// <summary>A hash, because users type passwords into e-mail fields by mistake.</summary>
    public required byte[] Key { get; init; }

    public int Count { get; set; }

    public DateTimeOffset LastAt { get; set; }

    public DateTimeOffset BlockedUntil { get; set; }

    private sealed class Configuration : IEntityTypeConfiguration<LoginFailures>
    {
        public void Configure(EntityTypeBuilder<LoginFailures> builder)
        {
            builder.ToTable("login_failures");
            builder.HasKey(failures => failures.Key);
            builder.HasIndex(failures => failures.LastAt);
        }
    }
}

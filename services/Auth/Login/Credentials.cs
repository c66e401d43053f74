using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Rpc.Text;

namespace ShTP.Auth.Login;

/// <summary>What a user signs in with.</summary>
internal sealed class Credentials
{
    public required Guid UserId { get; init; }

    /// <summary>As <see cref="EmailAddress"/> normalizes it; older ones may have other letters: see its spellings.</summary>
    public required string Email { get; set; }

    /// <summary>Argon2id as a PHC string, or a bcrypt hash of the old system.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>The password is for one sign-in, at which it must be replaced.</summary>
    public bool MustChange { get; set; }

    /// <summary>How often the user's rights have changed. It stands in every token, and only ever grows.</summary>
    public long RightsVersion { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<Credentials>
    {
        public void Configure(EntityTypeBuilder<Credentials> builder)
        {
            builder.ToTable("credentials");
            builder.HasKey(credentials => credentials.UserId);
            builder.Property(credentials => credentials.UserId).ValueGeneratedNever();
            builder.Property(credentials => credentials.Email).HasMaxLength(254);
            builder.Property(credentials => credentials.PasswordHash).HasMaxLength(128);
            builder.Property(credentials => credentials.MustChange).HasDefaultValue(false);
            builder.Property(credentials => credentials.RightsVersion).HasDefaultValue(0L);
            builder.HasIndex(credentials => credentials.Email).IsUnique();
        }
    }
}

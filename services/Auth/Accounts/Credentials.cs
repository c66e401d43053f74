using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Rpc.Text;

namespace ShTP.Auth.Accounts;

/// <summary>A user's credentials.</summary>
internal sealed class Credentials
{
    public required Guid UserId { get; init; }

    /// <summary>Normalized by <see cref="EmailAddress"/>; older rows may have another spelling.</summary>
    public required string Email { get; set; }

    /// <summary>Argon2id as a PHC string, or a bcrypt hash of the old system.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>The password is for one sign-in, at which it must be replaced.</summary>
    public bool MustChange { get; set; }

    /// <summary>The rights version: the number of changes of the user's rights. It is part of every token and never decreases.</summary>
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

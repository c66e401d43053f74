using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Auth.Accounts;

namespace ShTP.Auth.Apps;

/// <summary>The unused token of a user for an app; the key allows only one.</summary>
internal sealed class AppToken
{
    public required Guid AppId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<AppToken>
    {
        public void Configure(EntityTypeBuilder<AppToken> builder)
        {
            builder.ToTable("app_tokens");
            builder.HasKey(token => new { token.AppId, token.UserId });
            builder.HasOne<App>().WithMany().HasForeignKey(token => token.AppId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Credentials>().WithMany().HasForeignKey(token => token.UserId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(token => token.Hash).IsUnique();
            builder.HasIndex(token => token.ExpiresAt);
        }
    }
}

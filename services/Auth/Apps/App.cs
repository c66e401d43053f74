using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Auth.Accounts;

namespace ShTP.Auth.Apps;

/// <summary>A site that accepts a sign-in with ShTP.</summary>
internal sealed class App
{
    public const int MaxNameLength = 100;

    public required Guid Id { get; init; }

    public required Guid OwnerId { get; init; }

    public required string Name { get; set; }

    /// <summary>Checked by <see cref="Apps.RedirectUrl"/>.</summary>
    public required string RedirectUrl { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public V1.App ToProto() => new()
    {
        Uuid = Id.ToString(),
        Id = Id.ToString(),
        Name = Name,
        RedirectUrl = RedirectUrl,
        OwnerId = OwnerId.ToString(),
        CreatedAt = CreatedAt.ToTimestamp(),
        Verified = true,
    };

    private sealed class Configuration : IEntityTypeConfiguration<App>
    {
        public void Configure(EntityTypeBuilder<App> builder)
        {
            builder.ToTable("apps");
            builder.Property(app => app.Id).ValueGeneratedNever();
            builder.Property(app => app.Name).HasMaxLength(MaxNameLength);
            builder.Property(app => app.RedirectUrl).HasMaxLength(Apps.RedirectUrl.MaxLength);
            builder.HasOne<Credentials>().WithMany().HasForeignKey(app => app.OwnerId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(app => new { app.OwnerId, app.CreatedAt });
        }
    }
}

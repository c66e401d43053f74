using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Notifications.Banners;

/// <summary>A notice on every page while it is active.</summary>
internal sealed class Banner
{
    public const int MaxTitleLength = 200;

    public required Guid Id { get; init; }

    public V1.BannerType Type { get; set; }

    public bool Active { get; set; }

    public required string Title { get; set; }

    /// <summary>Cleaned by <see cref="BannerHtml"/>.</summary>
    public required string Content { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public V1.Banner ToProto() => new()
    {
        Uuid = Id.ToString(),
        Type = Type,
        Active = Active,
        Title = Title,
        Content = Content,
    };

    internal sealed class Configuration : IEntityTypeConfiguration<Banner>
    {
        public void Configure(EntityTypeBuilder<Banner> banner)
        {
            banner.ToTable("banners");
            banner.Property(b => b.Id).ValueGeneratedNever();
            banner.Property(b => b.Type).HasConversion<short>();
            banner.Property(b => b.Title).HasMaxLength(MaxTitleLength);
            banner.Property(b => b.Content).HasMaxLength(BannerHtml.MaxLength);
            banner.HasIndex(b => new { b.CreatedAt, b.Id }, "ix_banners_newest").HasDatabaseName("ix_banners_newest").IsDescending();
            banner.HasIndex(b => new { b.CreatedAt, b.Id }, "ix_banners_active").HasDatabaseName("ix_banners_active").IsDescending().HasFilter("active");
        }
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Achievements.Records;

/// <summary>The version of a changed achievement that a session got last in the queue; until the achievement is decided.</summary>
internal sealed class ShownVersion
{
    public required Guid AchievementId { get; init; }

    public required Guid SessionId { get; init; }

    public required int Version { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ShownVersion>
    {
        public void Configure(EntityTypeBuilder<ShownVersion> shown)
        {
            shown.ToTable("shown_versions");
            shown.HasKey(s => new { s.AchievementId, s.SessionId });
            shown.HasOne<Achievement>().WithMany().HasForeignKey(s => s.AchievementId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

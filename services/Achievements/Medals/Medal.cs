using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Achievements.V1;

namespace ShTP.Achievements.Medals;

/// <summary>A medal that a member of staff awarded.</summary>
internal sealed class Medal
{
    public const int MaxNameLength = 200;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required MedalKind Kind { get; init; }

    /// <summary>What it was awarded for.</summary>
    public required string Name { get; init; }

    /// <summary>Null when that member of staff was deleted.</summary>
    public Guid? AwardedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public V1.Medal ToProto()
    {
        var medal = new V1.Medal
        {
            Uuid = Id.ToString(),
            CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
            UserId = UserId.ToString(),
            Kind = Kind,
            Name = Name,
        };
        if (AwardedBy is { } author)
            medal.AwardedBy = author.ToString();
        return medal;
    }

    internal sealed class Configuration : IEntityTypeConfiguration<Medal>
    {
        public void Configure(EntityTypeBuilder<Medal> medal)
        {
            medal.ToTable("medals");
            medal.Property(m => m.Id).ValueGeneratedNever();
            medal.Property(m => m.Kind).HasConversion<short>();
            medal.Property(m => m.Name).HasMaxLength(MaxNameLength);
            medal.HasIndex(m => new { m.UserId, m.CreatedAt, m.Id }).IsDescending(false, true, true);
            // Removes a deleted member of staff.
            medal.HasIndex(m => m.AwardedBy).HasFilter("awarded_by is not null");
        }
    }
}

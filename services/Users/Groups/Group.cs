using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Users.Groups;

/// <summary>A group of students.</summary>
internal sealed class Group
{
    public const int MaxNameLength = 100;
    public const int MaxColorLength = 50;

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>A CSS colour.</summary>
    public required string Color { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public V1.Group ToProto() => new()
    {
        CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
        UpdatedAt = Timestamp.FromDateTimeOffset(UpdatedAt),
        Uuid = Id.ToString(),
        Name = Name,
        Color = Color,
    };

    public V1.GroupSummary ToSummary() => new() { Uuid = Id.ToString(), Name = Name, Color = Color };

    internal sealed class Configuration : IEntityTypeConfiguration<Group>
    {
        public void Configure(EntityTypeBuilder<Group> group)
        {
            group.ToTable("groups");
            group.Property(g => g.Id).ValueGeneratedNever();
            group.Property(g => g.Name).HasMaxLength(MaxNameLength);
            group.Property(g => g.Color).HasMaxLength(MaxColorLength);
            group.HasIndex(g => new { g.CreatedAt, g.Id });
            group.HasIndex(g => g.Name);
        }
    }
}

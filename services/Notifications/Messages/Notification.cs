using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Notifications.Messages;

/// <summary>A notification of one user.</summary>
internal sealed class Notification
{
    public const int MaxSourceLength = 100;

    public required Guid Id { get; init; }

    /// <summary>Its position among all notifications: a reader of one has seen all with smaller numbers.</summary>
    public long Sequence { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>A type of <see cref="NotificationData"/>.</summary>
    public required short Type { get; init; }

    /// <summary>JSON: a flat object of texts and numbers.</summary>
    public required string Data { get; init; }

    /// <summary>What caused it, such as <c>achievement:</c> and a UUID; for checks, clients do not see it.</summary>
    public string? Source { get; init; }

    public bool Viewed { get; init; }

    /// <summary>The response that it was taken by, until that is known to have left.</summary>
    public Guid? Delivery { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public V1.Notification ToProto() => new()
    {
        CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
        UpdatedAt = Timestamp.FromDateTimeOffset(UpdatedAt),
        Uuid = Id.ToString(),
        Type = Type,
        Viewed = Viewed,
        ToUser = UserId.ToString(),
        Data = NotificationData.ToProto(Data),
    };

    public V1.NotificationRow ToRow() => new()
    {
        Uuid = Id.ToString(),
        ToUser = UserId.ToString(),
        Type = Type,
        Data = NotificationData.ToProto(Data),
        Viewed = Viewed,
        CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
    };

    internal sealed class Configuration : IEntityTypeConfiguration<Notification>
    {
        public void Configure(EntityTypeBuilder<Notification> notification)
        {
            notification.ToTable("notifications");
            notification.Property(n => n.Id).ValueGeneratedNever();
            notification.Property(n => n.Sequence).UseIdentityAlwaysColumn();
            notification.Property(n => n.Data).HasColumnType("jsonb");
            notification.Property(n => n.Source).HasMaxLength(MaxSourceLength);
            notification.HasIndex(n => n.Sequence).IsUnique();
            // One index for all queries of a user: each further one makes a broadcast a quarter slower.
            notification.HasIndex(n => new { n.UserId, n.Viewed, n.Sequence }).IsDescending(false, false, true);
            notification.HasIndex(n => n.UserId).HasFilter("delivery IS NOT NULL").HasDatabaseName("ix_notifications_unsettled");
        }
    }
}

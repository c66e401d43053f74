using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Auth.Accounts;

namespace ShTP.Auth.Sessions;

/// <summary>A session of a user.</summary>
internal sealed class Session
{
    public const int MaxUserAgentLength = 256;
    public const int MaxAddressLength = 64;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastUsedAt { get; set; }

    public required DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    // Long enough for an answer that got lost to be asked for again, or for two tabs that ask at the same moment.
    private static readonly TimeSpan RotationGrace = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The <c>jti</c> of the one refresh token that works. Any other token with our signature for this session is one
    /// that was rotated away, so only the id of the last is kept to notice that one is used again.
    /// </summary>
    public required Guid RefreshTokenId { get; set; }

    /// <summary>The one that <see cref="RefreshTokenId"/> took the place of; null as soon as that is used.</summary>
    public Guid? FormerTokenId { get; set; }

    /// <summary>When it did.</summary>
    public DateTimeOffset? RotatedAt { get; set; }

    public required string UserAgent { get; init; }

    public required string Address { get; init; }

    /// <summary>Whether a token was rotated away just now, and its successor is unused yet: it is worth the same successor once more.</summary>
    public bool IsRotatedJustNow(Guid token, DateTimeOffset now) => FormerTokenId == token && now - RotatedAt < RotationGrace;

    public V1.Session ToProto(Guid current) => new()
    {
        Uuid = Id.ToString(),
        CreatedAt = CreatedAt.ToTimestamp(),
        LastUsedAt = LastUsedAt.ToTimestamp(),
        ExpiresAt = ExpiresAt.ToTimestamp(),
        UserAgent = UserAgent,
        Address = Address,
        Current = Id == current,
    };

    private sealed class Configuration : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.ToTable("sessions");
            builder.Property(session => session.Id).ValueGeneratedNever();
            builder.Property(session => session.UserAgent).HasMaxLength(MaxUserAgentLength);
            builder.Property(session => session.Address).HasMaxLength(MaxAddressLength);
            builder.HasOne<Credentials>().WithMany().HasForeignKey(session => session.UserId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(session => new { session.UserId, session.LastUsedAt });
            builder.HasIndex(session => session.ExpiresAt);
        }
    }
}

using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Auth.Login;

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

    /// <summary>
    /// The <c>jti</c> of the one valid refresh token. Any other token with our signature for this session was rotated
    /// away, so old ids need not be stored to detect reuse.
    /// </summary>
    public required Guid RefreshTokenId { get; set; }

    public required string UserAgent { get; init; }

    public required string Address { get; init; }

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

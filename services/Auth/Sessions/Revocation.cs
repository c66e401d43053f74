using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Auth.Sessions;

/// <summary>
/// Tokens that must no longer be accepted: those of a session, or those of a user below a version. A trigger of the
/// table notifies the channel <c>revocations</c> with the row when the transaction commits.
/// </summary>
internal sealed class Revocation
{
    public long Id { get; init; }

    public Guid? SessionId { get; init; }

    public Guid? UserId { get; init; }

    /// <summary>Of users only; see <see cref="RightsRevocation"/>.</summary>
    public long? BelowVersion { get; init; }

    public bool ExpiredOnly { get; init; }

    /// <summary>Of sessions only. Revocations of users never expire.</summary>
    public DateTimeOffset? ForgetAt { get; init; }

    public V1.Revocation ToProto()
    {
        var proto = new V1.Revocation { ExpiredOnly = ExpiredOnly, ForgetAt = ForgetAt?.ToTimestamp(), BelowVersion = BelowVersion ?? 0 };
        if (SessionId is { } session)
            proto.SessionId = session.ToString();
        else
            proto.UserId = UserId.ToString();
        return proto;
    }

    private sealed class Configuration : IEntityTypeConfiguration<Revocation>
    {
        public void Configure(EntityTypeBuilder<Revocation> builder)
        {
            builder.ToTable("revocations", table =>
                table.HasCheckConstraint("ck_revocations_subject", "(session_id IS NULL) <> (user_id IS NULL) AND (user_id IS NULL) = (below_version IS NULL) AND (session_id IS NULL) = (forget_at IS NULL)"));
            builder.HasIndex(revocation => revocation.ForgetAt);
            builder.HasIndex(revocation => new { revocation.UserId, revocation.ExpiredOnly }).IsUnique();
        }
    }
}

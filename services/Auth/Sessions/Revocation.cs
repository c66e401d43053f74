using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Auth.Sessions;

/// <summary>
/// Tokens that must no longer be accepted: those of a session, or those of a user issued before a moment. A trigger
/// of the table notifies the channel <c>revocations</c> with the row when the transaction commits.
/// </summary>
internal sealed class Revocation
{
    public long Id { get; init; }

    public Guid? SessionId { get; init; }

    public Guid? UserId { get; init; }

    public DateTimeOffset? IssuedBefore { get; init; }

    public bool ExpiredOnly { get; init; }

    public required DateTimeOffset ForgetAt { get; init; }

    public V1.Revocation ToProto()
    {
        var proto = new V1.Revocation { ExpiredOnly = ExpiredOnly, ForgetAt = ForgetAt.ToTimestamp(), IssuedBefore = IssuedBefore?.ToTimestamp() };
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
                table.HasCheckConstraint("ck_revocations_subject", "(session_id IS NULL) <> (user_id IS NULL) AND (user_id IS NULL) = (issued_before IS NULL)"));
            builder.HasIndex(revocation => revocation.ForgetAt);
            builder.HasIndex(revocation => revocation.UserId);
        }
    }
}

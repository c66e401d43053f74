using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Data.Idempotency;

/// <summary>A call that had its effect, with its answer, for when it is repeated. Without the key of <see cref="CallSeal"/> nothing in it can be read.</summary>
internal sealed class RecordedCall
{
    /// <summary>Made from the caller and the idempotency key; 32 bytes.</summary>
    public required byte[] Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>Made from the RPC and the request; 32 bytes.</summary>
    public required byte[] Request { get; init; }

    public required byte[] Answer { get; init; }

    /// <summary>The caller sent no key: it is recognized by its content, for a short time.</summary>
    public required bool IsImplicit { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<RecordedCall>
    {
        public void Configure(EntityTypeBuilder<RecordedCall> call)
        {
            call.ToTable("recorded_calls");
            call.HasKey(c => c.Id);
            call.HasIndex(c => c.ExpiresAt);
            call.HasIndex(c => c.UserId).HasFilter("is_implicit");
        }
    }
}

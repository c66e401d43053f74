using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.AuditChain;

namespace ShTP.Data.Audit;

/// <summary>One entry of the audit. It is never changed; <see cref="AuditSealer{TContext}"/> numbers it once.</summary>
internal sealed class AuditEntry
{
    public const int MaxAction = 100;
    public const int MaxName = 50;
    public const int MaxObjectId = 100;
    public const int MaxAddress = 64;
    public const int MaxRequestId = 128;

    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Action { get; init; }

    public bool IsRefused { get; init; }

    public Guid? ActorId { get; init; }

    public string? ActorRole { get; init; }

    public string? ActorService { get; init; }

    public required Guid[] SubjectIds { get; set; }

    public string? ObjectKind { get; set; }

    public string? ObjectId { get; set; }

    /// <summary>A JSON object, as it was hashed: jsonb would write it anew.</summary>
    public string? Before { get; set; }

    public string? After { get; set; }

    public string? Address { get; init; }

    public string? RequestId { get; init; }

    public string? TraceId { get; init; }

    /// <summary>Place in the chain, from 1 without gaps; null until it is sealed.</summary>
    public long? Number { get; init; }

    public byte[]? Hash { get; init; }

    /// <summary>Whether the values of the entities that are saved with it do not belong to it. Not stored.</summary>
    public bool IsComplete { get; init; }

    public EntryContent ToContent() => new(
        Id, At, Action, IsRefused, ActorId, ActorRole, ActorService, SubjectIds, ObjectKind, ObjectId, Before, After, Address, RequestId, TraceId);

    internal sealed class Configuration : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> entry)
        {
            entry.ToTable("audit");
            entry.HasKey(e => e.Id);
            entry.Property(e => e.Id).ValueGeneratedNever();
            entry.Ignore(e => e.IsComplete);
            entry.Property(e => e.Action).HasMaxLength(MaxAction);
            entry.Property(e => e.ActorRole).HasMaxLength(MaxName);
            entry.Property(e => e.ActorService).HasMaxLength(MaxName);
            entry.Property(e => e.ObjectKind).HasMaxLength(MaxName);
            entry.Property(e => e.ObjectId).HasMaxLength(MaxObjectId);
            entry.Property(e => e.Address).HasMaxLength(MaxAddress);
            entry.Property(e => e.RequestId).HasMaxLength(MaxRequestId);
            entry.Property(e => e.TraceId).HasMaxLength(MaxName);
            entry.HasIndex(e => e.Number).IsUnique();
            entry.HasIndex(e => e.Id, "ix_audit_unsealed").HasFilter("number IS NULL");
            entry.HasIndex(e => new { e.At, e.Id });
            entry.HasIndex(e => new { e.ActorId, e.At });
            entry.HasIndex(e => e.SubjectIds).HasMethod("gin");
        }
    }
}

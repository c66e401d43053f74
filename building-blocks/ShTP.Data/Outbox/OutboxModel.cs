using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Data.Outbox;

/// <summary>The tables, with explicit names because <see cref="OutboxSql"/> uses them.</summary>
internal sealed class OutboxModel : IEntityTypeConfiguration<OutboxMessage>, IEntityTypeConfiguration<InboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("outbox");
        builder.HasKey(message => message.Id).HasName("pk_outbox");
        builder.Property(message => message.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(message => message.Sequence).HasColumnName("sequence").UseIdentityAlwaysColumn();
        builder.Property(message => message.Key).HasColumnName("key").HasMaxLength(200);
        builder.Property(message => message.Path).HasColumnName("path").HasMaxLength(200);
        builder.Property(message => message.Payload).HasColumnName("payload");
        builder.Property(message => message.TraceParent).HasColumnName("trace_parent").HasMaxLength(64);
        builder.Property(message => message.CreatedAt).HasColumnName("created_at").HasDefaultValueSql("now()");
        builder.Property(message => message.Attempts).HasColumnName("attempts").HasDefaultValue(0);
        builder.Property(message => message.NextAttemptAt).HasColumnName("next_attempt_at").HasDefaultValueSql("now()");
        builder.Property(message => message.ParkedAt).HasColumnName("parked_at");
        builder.Property(message => message.LastError).HasColumnName("last_error").HasMaxLength(1000);
        builder.HasIndex(message => message.Sequence).IsUnique().HasDatabaseName("ix_outbox_sequence");
        builder.HasIndex(message => new { message.Key, message.Sequence }).HasDatabaseName("ix_outbox_key_sequence");
    }

    public void Configure(EntityTypeBuilder<InboxMessage> builder)
    {
        builder.ToTable("inbox");
        builder.HasKey(message => message.Id).HasName("pk_inbox");
        builder.Property(message => message.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(message => message.ReceivedAt).HasColumnName("received_at").HasDefaultValueSql("now()");
        builder.HasIndex(message => message.ReceivedAt).HasDatabaseName("ix_inbox_received_at");
    }
}

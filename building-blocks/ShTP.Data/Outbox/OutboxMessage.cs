namespace ShTP.Data.Outbox;

/// <summary>A pending call to another service. The row is deleted after delivery.</summary>
internal sealed class OutboxMessage
{
    /// <summary>UUID version 7; the receiver's idempotency key.</summary>
    public Guid Id { get; init; }

    /// <summary>Order of insertion, which is the order of delivery within a key.</summary>
    public long Sequence { get; init; }

    public required string Key { get; init; }

    /// <summary>The RPC, <c>/package.Service/Method</c>.</summary>
    public required string Path { get; init; }

    public required byte[] Payload { get; init; }

    /// <summary>W3C trace context of the change that enqueued it.</summary>
    public string? TraceParent { get; init; }

    public DateTime CreatedAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>Due time; during a delivery, the end of its claim.</summary>
    public DateTime NextAttemptAt { get; init; }

    /// <summary>When it was parked for an operator; unless it stands alone it holds up its key.</summary>
    public DateTime? ParkedAt { get; init; }

    public string? LastError { get; init; }
}

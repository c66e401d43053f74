namespace ShTP.Data.Outbox;

/// <summary>A message that was applied; kept as long as it might arrive again.</summary>
internal sealed class InboxMessage
{
    public Guid Id { get; init; }

    public DateTime ReceivedAt { get; init; }
}

namespace ShTP.Data.Outbox;

/// <summary>Id of an applied message, kept as long as the message could be delivered again.</summary>
internal sealed class InboxMessage
{
    public Guid Id { get; init; }

    public DateTime ReceivedAt { get; init; }
}

namespace ShTP.AuditChain;

/// <summary>Everything that an entry of the audit says, in the form that its hash is made of.</summary>
/// <param name="Id">The entry.</param>
/// <param name="At">When, in whole microseconds.</param>
/// <param name="Action">What was done.</param>
/// <param name="IsRefused">Whether it was refused.</param>
/// <param name="ActorId">Who did it.</param>
/// <param name="ActorRole">The actor's role at that time.</param>
/// <param name="ActorService">The service that did it.</param>
/// <param name="SubjectIds">Whom it was about.</param>
/// <param name="ObjectKind">What it was about.</param>
/// <param name="ObjectId">The id of that.</param>
/// <param name="Before">Values before, as JSON.</param>
/// <param name="After">Values after, as JSON.</param>
/// <param name="Address">The client's address.</param>
/// <param name="RequestId">The id of the request.</param>
/// <param name="TraceId">The id of the trace.</param>
public sealed record EntryContent(
    Guid Id,
    DateTimeOffset At,
    string Action,
    bool IsRefused,
    Guid? ActorId,
    string? ActorRole,
    string? ActorService,
    IReadOnlyList<Guid> SubjectIds,
    string? ObjectKind,
    string? ObjectId,
    string? Before,
    string? After,
    string? Address,
    string? RequestId,
    string? TraceId);

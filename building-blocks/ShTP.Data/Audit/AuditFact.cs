using System.Text.Json.Nodes;
using ShTP.Api.V1;

namespace ShTP.Data.Audit;

/// <summary>What is kept beside, or instead of, what the call that is being served says.</summary>
/// <param name="Action">What was done.</param>
public sealed record AuditFact(string Action)
{
    /// <summary>It had no effect.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Who did it, where the call has no signed-in user.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>The actor's role.</summary>
    public Role? ActorRole { get; init; }

    /// <summary>The service that did it.</summary>
    public string? ActorService { get; init; }

    /// <summary>Whom it was about.</summary>
    public IReadOnlyList<Guid> SubjectIds { get; init; } = [];

    /// <summary>What it was about.</summary>
    public string? ObjectKind { get; init; }

    /// <summary>The id of that.</summary>
    public string? ObjectId { get; init; }

    /// <summary>Values afterwards; no secrets.</summary>
    public JsonObject? After { get; init; }

    /// <summary>The client's address, where the call does not have it.</summary>
    public string? Address { get; init; }
}

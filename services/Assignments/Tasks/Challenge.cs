namespace ShTP.Assignments.Tasks;

/// <summary>The task that is the challenge of the day, and since when.</summary>
internal sealed record Challenge(Guid Task, DateTimeOffset Since);

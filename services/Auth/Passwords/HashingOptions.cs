using System.ComponentModel.DataAnnotations;

namespace ShTP.Auth.Passwords;

/// <summary>How new passwords are hashed and how many at once; section <c>Auth:Hashing</c>. The defaults are OWASP's for Argon2id.</summary>
internal sealed class HashingOptions : IValidatableObject
{
    public const string Section = "Auth:Hashing";

    /// <summary>Memory of one hash in KiB.</summary>
    [Range(8, Argon2id.MaxMemoryKib)]
    public int MemoryKib { get; init; } = 19 * 1024;

    /// <summary>Passes over the memory.</summary>
    [Range(1, Argon2id.MaxPasses)]
    public int Passes { get; init; } = 2;

    /// <summary>Concurrent hashes; 0 means as many as there are processors: the threads have low priority.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>Calls that may wait in each lane (<see cref="HashingLane"/>). More than can be served in <see cref="QueueLimit"/>; one that waits needs no memory to hash.</summary>
    [Range(1, 10_000)]
    public int QueueLength { get; init; } = 1000;

    /// <summary>How long a hash waits for a thread before the call is refused. It leaves two of the ten seconds of a call to the rest of it.</summary>
    public TimeSpan QueueLimit { get; init; } = TimeSpan.FromSeconds(8);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QueueLimit <= TimeSpan.Zero || QueueLimit > TimeSpan.FromMinutes(1))
            yield return new("Auth:Hashing:QueueLimit must be positive and at most 1 minute.", [nameof(QueueLimit)]);
    }

    internal int ThreadCount => Threads > 0 ? Threads : Environment.ProcessorCount;
}

using System.Collections.Concurrent;
using System.Diagnostics;
using ShTP.Auth.V1;

namespace ShTP.Rpc.Access;

/// <summary>What the revocations say about a token.</summary>
public enum RevocationState
{
    /// <summary>Nothing: it is good.</summary>
    None,

    /// <summary>It counts as expired; the client may refresh.</summary>
    Expired,

    /// <summary>It is refused for good.</summary>
    Ended,

    /// <summary>Auth has not been heard for too long to tell.</summary>
    Unknown,
}

/// <summary>
/// The revocations that can still matter, as Auth streams them. Whether a token is revoked is a question of its session and
/// of a number, never of a time; what is measured here is only how long Auth has been silent, by a monotonic clock.
/// </summary>
public sealed class Revocations(TimeProvider time, RevocationOptions options)
{
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _sessions = new();
    private readonly ConcurrentDictionary<(Guid User, bool ExpiredOnly), long> _users = new();
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long _heardAt = long.MinValue;
    private long _sweptAt = Stopwatch.GetTimestamp();

    /// <summary>Whether the revocations are complete and fresh. False until the first snapshot has ended.</summary>
    public bool IsFresh => Volatile.Read(ref _heardAt) is var at && at != long.MinValue && Stopwatch.GetElapsedTime(at) <= options.FailAfter;

    /// <summary>Whether they were ever complete.</summary>
    public bool IsKnown => _known.Task.IsCompleted;

    /// <summary>How many are held.</summary>
    public int Count => _sessions.Count + _users.Count;

    /// <summary>What is known about a valid token. A process that has just started waits for its first snapshot, for a moment.</summary>
    public ValueTask<RevocationState> FindAsync(TokenResult token, TokenKind kind, CancellationToken cancellationToken) =>
        IsKnown ? new(Find(token, kind)) : WaitAndFindAsync(token, kind, cancellationToken);

    /// <summary>Why a valid token is refused after all, or null.</summary>
    public async ValueTask<TokenFault?> FindFaultAsync(TokenResult token, TokenKind kind, CancellationToken cancellationToken) =>
        await FindAsync(token, kind, cancellationToken) switch
        {
            RevocationState.None => null,
            RevocationState.Expired => TokenFault.Expired,
            RevocationState.Ended => TokenFault.SessionEnded,
            _ => TokenFault.NoRevocations,
        };

    /// <summary>What is known about a valid token at this moment.</summary>
    public RevocationState Find(TokenResult token, TokenKind kind)
    {
        if (!IsFresh)
            return RevocationState.Unknown;
        var user = token.User!;
        if (_sessions.ContainsKey(user.SessionId) || (_users.TryGetValue((user.Id, false), out var ended) && token.RightsVersion < ended))
            return RevocationState.Ended;
        // A refresh token is what an expired access token is renewed with.
        return kind == TokenKind.Access && _users.TryGetValue((user.Id, true), out var expired) && token.RightsVersion < expired
            ? RevocationState.Expired
            : RevocationState.None;
    }

    /// <summary>Takes in a message of the stream; <paramref name="isComplete"/> once the snapshot has ended.</summary>
    /// <exception cref="InvalidDataException">The revocation names neither a session nor a user.</exception>
    public void Apply(WatchRevocationsResponse message, bool isComplete)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Revocation is { } revocation)
            Add(revocation);
        // While a later connection repeats its snapshot, what was known before is still complete up to its cut.
        if (isComplete)
        {
            Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
            _known.TrySetResult();
        }

        if (Stopwatch.GetElapsedTime(_sweptAt) > options.SweepEvery)
            Sweep();
    }

    private async ValueTask<RevocationState> WaitAndFindAsync(TokenResult token, TokenKind kind, CancellationToken cancellationToken)
    {
        await Task.WhenAny(_known.Task, Task.Delay(options.FirstWait, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return Find(token, kind);
    }

    private void Add(Revocation revocation)
    {
        if (revocation.SubjectCase == Revocation.SubjectOneofCase.SessionId && Guid.TryParse(revocation.SessionId, out var session))
            _sessions[session] = revocation.ForgetAt?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;
        else if (revocation.SubjectCase == Revocation.SubjectOneofCase.UserId && Guid.TryParse(revocation.UserId, out var user))
            _users.AddOrUpdate((user, revocation.ExpiredOnly), revocation.BelowVersion, (_, old) => Math.Max(old, revocation.BelowVersion));
        else
            throw new InvalidDataException("Auth sent a revocation without a session or user.");
    }

    // Of users a number is kept for each whose rights ever changed: there is no time after which it cannot matter.
    private void Sweep()
    {
        _sweptAt = Stopwatch.GetTimestamp();
        var now = time.GetUtcNow();
        foreach (var entry in _sessions)
        {
            if (entry.Value < now)
                _sessions.TryRemove(entry);
        }
    }
}

/// <summary>Section <c>Revocations</c>.</summary>
public sealed class RevocationOptions
{
    /// <summary>Without a word from Auth for this long, calls that need a token are refused with 503.</summary>
    public TimeSpan FailAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A stream that is silent for this long (Auth sends a heartbeat every two seconds) is opened anew.</summary>
    public TimeSpan ReconnectAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call waits for the first snapshot of a process that has just started.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often entries that can no longer matter are dropped.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<string> FindFaults()
    {
        foreach (var (name, value) in new[] { (nameof(FailAfter), FailAfter), (nameof(ReconnectAfter), ReconnectAfter), (nameof(SweepEvery), SweepEvery) })
        {
            if (value <= TimeSpan.Zero)
                yield return $"Revocations:{name} must be positive, it is {value}.";
        }

        if (FirstWait < TimeSpan.Zero)
            yield return $"Revocations:FirstWait must not be negative, it is {FirstWait}.";
    }
}

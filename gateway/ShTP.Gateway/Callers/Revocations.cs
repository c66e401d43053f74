using System.Collections.Concurrent;
using ShTP.Auth.V1;
using ShTP.ServiceDefaults.Access;

namespace ShTP.Gateway.Callers;

/// <summary>What the revocations say about a token.</summary>
internal enum RevocationState
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

/// <summary>The revocations that can still matter, as Auth streams them.</summary>
internal sealed class Revocations(TimeProvider time, RevocationOptions options)
{
    private readonly ConcurrentDictionary<Guid, Entry> sessions = new();
    private readonly ConcurrentDictionary<(Guid User, bool ExpiredOnly), Entry> users = new();

    private long heardAt = long.MinValue;
    private long sweptAt = time.GetTimestamp();

    /// <summary>Whether the revocations are complete and fresh. False until the first snapshot has ended.</summary>
    public bool IsFresh => Volatile.Read(ref heardAt) is var at && at != long.MinValue && time.GetElapsedTime(at) <= options.FailAfter;

    /// <summary>How many are held.</summary>
    public int Count => sessions.Count + users.Count;

    /// <summary>What is known about a user's token of the given age.</summary>
    public RevocationState Find(CurrentUser user, DateTimeOffset issuedAt, TokenKind kind)
    {
        if (!IsFresh)
            return RevocationState.Unknown;
        var isExpired = false;
        if (sessions.TryGetValue(user.SessionId, out var session))
        {
            if (!session.ExpiredOnly)
                return RevocationState.Ended;
            isExpired = true;
        }

        if (users.TryGetValue((user.Id, false), out var ended) && issuedAt < ended.IssuedBefore)
            return RevocationState.Ended;
        isExpired |= users.TryGetValue((user.Id, true), out var expired) && issuedAt < expired.IssuedBefore;
        // A refresh token is what an expired access token is renewed with.
        return isExpired && kind == TokenKind.Access ? RevocationState.Expired : RevocationState.None;
    }

    /// <summary>Takes in a message of the stream; <paramref name="isComplete"/> once the snapshot has ended.</summary>
    public void Apply(WatchRevocationsResponse message, bool isComplete)
    {
        if (message.Revocation is { } revocation)
            Add(revocation);
        // While a later connection repeats its snapshot, what was known before is still complete up to its cut.
        if (isComplete)
            Volatile.Write(ref heardAt, time.GetTimestamp());
        if (time.GetElapsedTime(sweptAt) > options.SweepEvery)
            Sweep();
    }

    private void Add(Revocation revocation)
    {
        var entry = new Entry(
            revocation.IssuedBefore?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue,
            revocation.ForgetAt?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue,
            revocation.ExpiredOnly);
        if (revocation.SubjectCase == Revocation.SubjectOneofCase.SessionId && Guid.TryParse(revocation.SessionId, out var session))
            sessions.AddOrUpdate(session, entry, (_, old) => old.ExpiredOnly ? entry : old);
        else if (revocation.SubjectCase == Revocation.SubjectOneofCase.UserId && Guid.TryParse(revocation.UserId, out var user))
            users.AddOrUpdate((user, entry.ExpiredOnly), entry, (_, old) => old.IssuedBefore > entry.IssuedBefore ? old : entry);
        else
            throw new InvalidDataException("Auth sent a revocation without a session or user.");
    }

    private void Sweep()
    {
        sweptAt = time.GetTimestamp();
        var now = time.GetUtcNow();
        foreach (var (key, entry) in sessions)
        {
            if (entry.ForgetAt < now)
                sessions.TryRemove(new(key, entry));
        }

        foreach (var (key, entry) in users)
        {
            if (entry.ForgetAt < now)
                users.TryRemove(new(key, entry));
        }
    }

    private sealed record Entry(DateTimeOffset IssuedBefore, DateTimeOffset ForgetAt, bool ExpiredOnly);
}

/// <summary>Section <c>Gateway:Revocations</c>.</summary>
public sealed class RevocationOptions
{
    /// <summary>Without a word from Auth for this long, calls that need a token are refused with 503.</summary>
    public TimeSpan FailAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A stream that is silent for this long (Auth sends a heartbeat every two seconds) is opened anew.</summary>
    public TimeSpan ReconnectAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often entries that can no longer matter are dropped.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(1);
}

using Microsoft.EntityFrameworkCore;

namespace ShTP.Auth.Passwords;

/// <summary>Tracks the remaining bcrypt hashes of the old system. A wrong password costs as much as the most expensive one.</summary>
internal sealed class OldHashes(IServiceScopeFactory scopes, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    private int _highest;
    private long? _askedAt;

    /// <summary>The highest cost, or 0 when none is left. <paramref name="seen"/> is the cost of a hash that was just read.</summary>
    public async ValueTask<int> HighestCostAsync(int seen, CancellationToken cancellationToken)
    {
        if (seen <= _highest && _askedAt is { } asked && time.GetElapsedTime(asked) < FreshFor)
            return _highest;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        var costs = await db.Database
            .SqlQuery<int?>($"SELECT max(substr(password_hash, 5, 2)::int) AS \"Value\" FROM credentials WHERE password_hash LIKE '$2%'")
            .ToListAsync(cancellationToken);
        (_highest, _askedAt) = (Math.Max(costs[0] ?? 0, seen), time.GetTimestamp());
        return _highest;
    }
}

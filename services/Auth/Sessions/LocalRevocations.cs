using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ShTP.Rpc.Access;

namespace ShTP.Auth.Sessions;

/// <summary>Auth's own source of revocations: the feed that it also streams to other processes.</summary>
internal sealed class LocalRevocations(IServiceScopeFactory scopes, RevocationFeed feed, TimeProvider time) : IRevocationSource
{
    public async IAsyncEnumerable<V1.WatchRevocationsResponse> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var live = feed.Subscribe();
        await using (var scope = scopes.CreateAsyncScope())
        {
            var (db, now) = (scope.ServiceProvider.GetRequiredService<AuthDb>(), time.GetUtcNow());
            var past = db.Revocations.AsNoTracking().Where(known => known.ForgetAt == null || known.ForgetAt > now).AsAsyncEnumerable();
            await foreach (var revocation in past.WithCancellation(cancellationToken))
                yield return new() { Revocation = revocation.ToProto() };
        }

        yield return new() { SnapshotEnd = true };
        await foreach (var message in live.ReadAllAsync(cancellationToken))
            yield return message;
    }
}

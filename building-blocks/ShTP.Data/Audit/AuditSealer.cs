using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.Data.Outbox;
using ShTP.Rpc.Access;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;

namespace ShTP.Data.Audit;

/// <summary>
/// Seals entries a moment after they are committed, and sends the head of the chain to another service by the outbox: all
/// services to Auth, and Auth to Users.
/// </summary>
internal sealed class AuditSealer<TContext>(
    IServiceScopeFactory scopes, AuditSignal signal, AuditOptions options, ServiceIdentity identity, TimeProvider clock, ILogger<AuditSealer<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    // Entries of processes that were killed before they sealed them.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    // So that a class that signs in is one transaction, not thirty.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    private bool _isAnchored = true;
    private long _anchoredAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _anchoredAt = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception outage) when (outage.IsDatabaseOutage() && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The audit could not be sealed and is sealed later: {Fault}", outage.GetBaseException().Message);
            }

            await signal.WaitAsync(NextLook(), stoppingToken);
            await Task.Delay(Gathering, stoppingToken);
            signal.Reset();
        }
    }

    /// <summary>Seals what waits, and anchors when it is time.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        SealedBatch batch;
        do
        {
            batch = await AuditSealing.SealAsync(db, cancellationToken);
            _isAnchored &= batch.Own == 0;
        }
        while (batch.Count == AuditSealing.Batch);
        if (!_isAnchored && clock.GetElapsedTime(_anchoredAt) >= options.AnchorEvery)
            await AnchorAsync(db, cancellationToken);
    }

    private async Task AnchorAsync(TContext db, CancellationToken cancellationToken)
    {
        if (await AuditSealing.FindHeadAsync(db, cancellationToken) is not { } head)
            return;
        var request = new KeepAuditAnchorRequest { Number = head.Number, Hash = ByteString.CopyFrom(head.Hash) };
        if (identity.Name == ResourceNames.Auth)
            db.Enqueue(UsersInternal.Descriptor, nameof(UsersInternal.UsersInternalBase.KeepAuditAnchor), request, "audit");
        else
            db.Enqueue(AuthInternal.Descriptor, nameof(AuthInternal.AuthInternalBase.KeepAuditAnchor), request, "audit");
        await db.SaveChangesAsync(cancellationToken);
        (_isAnchored, _anchoredAt) = (true, clock.GetTimestamp());
    }

    private TimeSpan NextLook()
    {
        if (_isAnchored)
            return LookEvery;
        var left = options.AnchorEvery - clock.GetElapsedTime(_anchoredAt);
        return left < LookEvery ? TimeSpan.FromMilliseconds(Math.Max(1, left.TotalMilliseconds)) : LookEvery;
    }
}

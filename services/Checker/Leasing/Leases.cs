using Grpc.Core;
using ShTP.Assignments.V1;

namespace ShTP.Checker.Leasing;

/// <summary>The leases of this checker, extended by one heartbeat for all.</summary>
internal sealed class Leases(AssignmentsInternal.AssignmentsInternalClient assignments, ILogger<Leases> logger) : BackgroundService
{
    // Three heartbeats can be lost before the lease expires.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);

    private readonly Dictionary<string, Lease> _held = [];

    /// <summary>Keeps a lease until it is disposed of.</summary>
    public Lease Hold(string id, CancellationToken stopping)
    {
        var lease = new Lease(this, id, stopping);
        lock (_held)
            _held[id] = lease;
        return lease;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            string[] ids;
            lock (_held)
                ids = [.. _held.Keys];
            if (ids.Length == 0)
                continue;
            try
            {
                var answer = await assignments.HeartbeatAsync(
                    new HeartbeatRequest { LeaseIds = { ids } }, deadline: DateTime.UtcNow + Interval, cancellationToken: stoppingToken);
                GiveUp(answer.LostIds);
            }
            catch (RpcException failed) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The heartbeat of {Count} leases failed: {Fault}", ids.Length, failed.Status.Detail);
            }
        }
    }

    private void GiveUp(IEnumerable<string> lost)
    {
        foreach (var id in lost)
        {
            lock (_held)
            {
                if (_held.TryGetValue(id, out var lease))
                    lease.Lose();
            }
        }
    }

    /// <summary>A lease; disposing ends the heartbeat, not the lease.</summary>
    internal sealed class Lease(Leases leases, string id, CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);

        /// <summary>Cancelled when the lease is lost, or the checker stops.</summary>
        public CancellationToken Ended => _ended.Token;

        public void Lose() => _ended.Cancel();

        public void Dispose()
        {
            lock (leases._held)
                leases._held.Remove(id);
            _ended.Dispose();
        }
    }
}

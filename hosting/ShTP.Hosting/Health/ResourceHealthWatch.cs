using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Health;

/// <summary>Checks the health of one resource while it runs, and tells that it is ready at the first good report.</summary>
internal sealed class ResourceHealthWatch : IDisposable
{
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartingLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WhenHealthy = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UnhealthyStep = TimeSpan.FromSeconds(1);
    private const int MaxUnhealthySteps = 5;

    private readonly IResource _resource;
    private readonly HealthCheckService _checks;
    private readonly ResourceNotificationService _notifications;
    private readonly Func<CancellationToken, Task> _tellReady;
    private readonly CancellationTokenSource _end;
    private readonly SemaphoreSlim _now = new(0);
    private readonly HashSet<string> _keys;
    private readonly Lock _lock = new();
    private Task? _ready;
    private bool _disposed;

    private ResourceHealthWatch(IResource resource, HealthCheckService checks, ResourceNotificationService notifications,
        Func<CancellationToken, Task> tellReady, CancellationToken stopping)
    {
        _resource = resource;
        _checks = checks;
        _notifications = notifications;
        _tellReady = tellReady;
        _end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _keys = [.. ResourceHealthMonitor.Keys(resource)];
    }

    public static ResourceHealthWatch Start(IResource resource, HealthCheckService checks,
        ResourceNotificationService notifications, Func<CancellationToken, Task> tellReady, ILogger logger,
        CancellationToken stopping)
    {
        var watch = new ResourceHealthWatch(resource, checks, notifications, tellReady, stopping);
        _ = Task.Run(async () =>
        {
            try
            {
                await watch.RunAsync(watch._end.Token);
            }
            catch (OperationCanceledException) when (watch._end.IsCancellationRequested)
            {
                // The resource or the application ended.
            }
            catch (Exception e)
            {
                logger.LogError(e, "Watching the health of '{Resource}' ended", resource.Name);
            }
            finally
            {
                watch.Dispose();
            }
        }, CancellationToken.None);
        return watch;
    }

    /// <summary>Another instance has started, whose health nobody knows.</summary>
    public void CheckNow() => WhileUndisposed(() => _now.Release());

    public void End() => WhileUndisposed(_end.Cancel);

    public void Dispose() => WhileUndisposed(() =>
    {
        _disposed = true;
        _end.Dispose();
        _now.Dispose();
    });

    /// <summary>The watch may already have ended with the application.</summary>
    private void WhileUndisposed(Action action)
    {
        lock (_lock)
            if (!_disposed)
                action();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var since = DateTime.UtcNow;
        var fails = 0;
        while (true)
        {
            var healthy = await CheckAsync(cancellationToken);
            if (healthy && _ready is null)
            {
                _ready = _tellReady(cancellationToken);
                await PublishAsync(s => s with { Ready = _ready });
                await _ready;
                // Whoever waits looks at the task when something changes.
                await PublishAsync(s => s with { });
            }
            fails = healthy ? 0 : Math.Min(fails + 1, MaxUnhealthySteps);
            var pause = healthy ? WhenHealthy : DateTime.UtcNow - since < StartingLimit ? WhileStarting : fails * UnhealthyStep;
            if (await _now.WaitAsync(pause, cancellationToken))
                since = DateTime.UtcNow;
        }
    }

    private async Task<bool> CheckAsync(CancellationToken cancellationToken)
    {
        if (_keys.Count == 0)
        {
            await PublishAsync(s => s with { Ready = _ready });
            return true;
        }
        var report = await _checks.CheckHealthAsync(registration => _keys.Contains(registration.Name), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        await PublishAsync(s => s with { HealthReports = Snapshots(report), Ready = _ready });
        return report.Status == HealthStatus.Healthy && report.Entries.Count == _keys.Count;
    }

    private Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        _notifications.PublishUpdateAsync(_resource, change);

    private ImmutableArray<HealthReportSnapshot> Snapshots(HealthReport report) =>
        [.. _keys.Select(key => report.Entries.TryGetValue(key, out var entry)
            ? new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.ToString())
            : new HealthReportSnapshot(key, HealthStatus.Unhealthy, $"No health check '{key}' is registered.", null))];
}

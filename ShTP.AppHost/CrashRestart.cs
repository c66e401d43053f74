using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ShTP.AppHost;

/// <summary>
/// Restarts a service that was healthy and exited unexpectedly: after 1, 2, 4, 8 and 16 seconds, then not until a
/// manual start. The count is reset after one healthy minute.
/// </summary>
internal sealed record CrashRestartAnnotation : IResourceAnnotation
{
    public const int MaxRestarts = 5;

    /// <summary>How long a service must be healthy until its earlier crashes no longer count.</summary>
    public static readonly TimeSpan Forgiven = TimeSpan.FromMinutes(1);

    public static TimeSpan DelayBefore(int restart) => TimeSpan.FromSeconds(1 << (restart - 1));
}

internal static class CrashRestart
{
    public const string Property = "Restarts after a crash";

    /// <summary>Restarts crashed services, as a server would do it.</summary>
    public static void AddCrashRestart(this IDistributedApplicationBuilder builder, params IEnumerable<IResourceBuilder<IResource>> services)
    {
        foreach (var service in services)
            service.WithAnnotation(new CrashRestartAnnotation());
        builder.Eventing.Subscribe<BeforeStartEvent>((start, cancellationToken) =>
        {
            var watch = ActivatorUtilities.CreateInstance<CrashWatch>(start.Services);
            _ = watch.RunAsync(start.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            return Task.CompletedTask;
        });
    }
}

/// <summary>Watches resource states and distinguishes a stop by command from an unexpected exit.</summary>
internal sealed class CrashWatch(ResourceNotificationService notifications, ResourceCommandService commands, ResourceLoggerService loggers)
{
    private readonly ConcurrentDictionary<string, Life> _lives = new();

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
                if (change.Resource.HasAnnotationOfType<CrashRestartAnnotation>())
                    See(change, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application stops.
        }
    }

    private void See(ResourceEvent change, CancellationToken stoppingToken)
    {
        var life = _lives.GetOrAdd(change.ResourceId, _ => new Life());
        var state = change.Snapshot.State?.Text;
        if (state == KnownResourceStates.Running)
        {
            life.IsStopping = life.HasEnded = false;
            if (change.Snapshot.HealthStatus == HealthStatus.Healthy)
                life.HealthySince ??= DateTime.UtcNow;
        }
        else if (state == KnownResourceStates.Stopping)
        {
            life.IsStopping = true;
        }
        else if (KnownResourceStates.TerminalStates.Contains(state) && !life.HasEnded)
        {
            life.HasEnded = true;
            // A service that was never healthy would fail in the same way again.
            life.WasHealthy |= life.HealthySince is not null;
            if (life.WasHealthy && !life.IsStopping && change.Snapshot.ExitCode != 0)
                _ = RestartAsync(change, life, life.HealthySince, stoppingToken);
            life.HealthySince = null;
        }
    }

    private async Task RestartAsync(ResourceEvent change, Life life, DateTime? healthySince, CancellationToken stoppingToken)
    {
        if (DateTime.UtcNow - healthySince > CrashRestartAnnotation.Forgiven)
            life.Restarts = 0;
        var logger = loggers.GetLogger(change.ResourceId);
        if (life.Restarts == CrashRestartAnnotation.MaxRestarts)
        {
            logger.LogError("Ended with exit code {ExitCode} after {Restarts} restarts, and is not restarted automatically", change.Snapshot.ExitCode, life.Restarts);
            life.Restarts = 0;
            return;
        }

        var restart = ++life.Restarts;
        var delay = CrashRestartAnnotation.DelayBefore(restart);
        logger.LogWarning("Ended with exit code {ExitCode}, restart in {Seconds} s ({Restart} of {MaxRestarts})",
            change.Snapshot.ExitCode, delay.TotalSeconds, restart, CrashRestartAnnotation.MaxRestarts);
        try
        {
            await Task.Delay(delay, stoppingToken);
            // It may have been started manually during the delay.
            if (!life.HasEnded)
                return;
            await notifications.PublishUpdateAsync(change.Resource, change.ResourceId, snapshot => snapshot with
            {
                Properties = [.. snapshot.Properties.Where(p => p.Name != CrashRestart.Property), new(CrashRestart.Property, restart)],
            });
            var result = await commands.ExecuteCommandAsync(change.ResourceId, KnownResourceCommands.StartCommand, stoppingToken);
            if (result.Success)
                return;
            // A dependency may have exited too and be restarted a little later.
            logger.LogWarning("Could not be restarted: {Message}", result.Message);
            await RestartAsync(change, life, healthySince: null, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application stops.
        }
    }

    private sealed class Life
    {
        public DateTime? HealthySince { get; set; }

        public bool WasHealthy { get; set; }

        public bool IsStopping { get; set; }

        public bool HasEnded { get; set; }

        public int Restarts { get; set; }
    }
}

using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

/// <summary>Prints the progress of the start to the terminal, and stops the application when the start fails.</summary>
internal sealed class ConsoleReport(ResourceNotificationService notifications, DistributedApplicationModel model, StartFailure? failure,
    Func<CancellationToken, Task<IReadOnlyList<string>>> welcome)
{
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly Dictionary<string, string> _shown = [];
    private readonly HashSet<string> _wereHealthy = [];
    private readonly int _nameWidth = model.Resources.Where(IsShown).Max(r => r.Name.Length);
    private bool _welcomed;

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
                if (IsShown(change.Resource))
                    await ShowAsync(change, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application stops.
        }
    }

    private async Task ShowAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        var report = change.Snapshot.HealthReports.Select(health => health.Description).FirstOrDefault(text => text is not null);
        if (Describe(change.Snapshot, isKnownAsHealthy: report is not null && _wereHealthy.Contains(change.ResourceId)) is not { } state || _shown.GetValueOrDefault(change.ResourceId) == state)
            return;
        _shown[change.ResourceId] = state;
        if (state == "healthy")
            _wereHealthy.Add(change.ResourceId);
        // The first of several links is the address itself.
        var url = change.Snapshot.Urls.Where(u => !u.IsInternal).OrderByDescending(u => u.DisplayProperties.SortOrder).Select(u => u.Url).FirstOrDefault();
        Console.WriteLine($"{_since.Elapsed.TotalSeconds,6:0.0} s  {change.Resource.Name.PadRight(_nameWidth)}  {state,-16}  {url}  {report}".TrimEnd());
        if (_welcomed)
            return;
        if (model.Resources.Where(IsAwaited).All(r => _shown.Any(s => s.Value == "healthy" && IsOf(s.Key, r))))
        {
            _welcomed = true;
            foreach (var line in await welcome(cancellationToken))
                Console.WriteLine(line);
        }
        // A healthy service that crashed is restarted.
        else if (IsAwaited(change.Resource) && HasFailed(change.Snapshot) && !_wereHealthy.Contains(change.ResourceId) && failure is not null)
        {
            await failure.EndAsync(cancellationToken);
        }
    }

    internal static bool HasFailed(CustomResourceSnapshot snapshot) => snapshot.State?.Text is { } state &&
        (state == KnownResourceStates.FailedToStart || state == KnownResourceStates.RuntimeUnhealthy || KnownResourceStates.TerminalStates.Contains(state));

    private static bool IsShown(IResource resource) => resource is ProjectResource or PostgresServerResource or PostgresDatabaseResource;

    // Programs that end normally, such as the demo, are not part of the running system, and people work without backups.
    internal static bool IsAwaited(IResource resource) => IsShown(resource) && resource.Name is not (ResourceNames.Demo or ResourceNames.Backup or BackupPrograms.Restore);

    /// <summary>An id is the name of a resource, or the name with a random suffix.</summary>
    private static bool IsOf(string resourceId, IResource resource) =>
        resourceId == resource.Name || resourceId[..Math.Max(0, resourceId.LastIndexOf('-'))] == resource.Name;

    /// <summary>Null for resources that are not printed.</summary>
    private static string? Describe(CustomResourceSnapshot snapshot, bool isKnownAsHealthy) => (snapshot.State?.Text, snapshot.HealthStatus) switch
    {
        ("Running", HealthStatus.Healthy) => "healthy",
        // One that starts has only not answered yet.
        ("Running", HealthStatus.Unhealthy) when isKnownAsHealthy => "unhealthy",
        ("Running", _) => null,
        ("Waiting", _) => "waiting",
        ("Starting", _) => "starting",
        ("FailedToStart", _) => "failed to start",
        ("RuntimeUnhealthy", _) => "no container engine",
        ("Exited" or "Finished", _) => $"ended ({snapshot.ExitCode?.ToString() ?? "no exit code"})",
        _ => null,
    };
}

/// <summary>Stops an application with a resource that cannot start.</summary>
internal sealed class StartFailure(ResourceNotificationService notifications, ResourceLoggerService loggers, DistributedApplicationModel model, IHostApplicationLifetime lifetime)
{
    private const int LinesShown = 12;

    // Failures with the same cause come together, and the last output of a process arrives after its exit.
    private static readonly TimeSpan Others = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMilliseconds(300);

    /// <summary>Prints to standard error which resources could not start, with their last output, and stops the application with exit code 1.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Others, cancellationToken);
        Console.Error.WriteLine();
        Console.Error.WriteLine("ShTP cannot start:");
        foreach (var resource in model.Resources.Where(ConsoleReport.IsAwaited))
        {
            if (!notifications.TryGetCurrentState(resource.Name, out var current) || !ConsoleReport.HasFailed(current.Snapshot))
                continue;
            // A database fails together with its server.
            if (resource is PostgresDatabaseResource)
                continue;
            var ended = current.Snapshot.ExitCode is { } code ? $"ended with exit code {code}" : "could not be started";
            Console.Error.WriteLine($"  {resource.Name}: {ended}");
            foreach (var line in await LastLinesAsync(current.ResourceId, cancellationToken))
                Console.Error.WriteLine($"    {line}");
        }

        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    /// <summary>The last output of the process or, without output, the state that the orchestrator reports.</summary>
    private async Task<IEnumerable<string>> LastLinesAsync(string resourceId, CancellationToken cancellationToken)
    {
        var since = Stopwatch.StartNew();
        var lines = await ReadAsync(resourceId, cancellationToken);
        while (since.Elapsed < LogLimit)
        {
            var known = lines.Count;
            await Task.Delay(LogInterval, cancellationToken);
            lines = await ReadAsync(resourceId, cancellationToken);
            // The orchestrator reads a process's output from a file, some time after it was written.
            if (lines.Count == known && lines.Any(IsOfTheProcess))
                break;
        }

        return (lines.Any(IsOfTheProcess) ? lines.Where(IsOfTheProcess) : lines).TakeLast(LinesShown);
    }

    private async Task<List<string>> ReadAsync(string resourceId, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LogLimit);
        try
        {
            await foreach (var batch in loggers.GetAllAsync(resourceId).WithCancellation(limit.Token))
                lines.AddRange(batch.Select(line => WithoutTime(line.Content)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The output so far.
        }

        return lines;
    }

    private static string WithoutTime(string line) =>
        line.IndexOf(' ') is > 0 and var end && DateTimeOffset.TryParse(line[..end], CultureInfo.InvariantCulture, out _) ? line[(end + 1)..] : line;

    private static bool IsOfTheProcess(string line) =>
        !line.StartsWith("[sys] ", StringComparison.Ordinal) && !line.StartsWith("Waiting for resource ", StringComparison.Ordinal) && !line.StartsWith("Finished waiting for resource ", StringComparison.Ordinal);
}

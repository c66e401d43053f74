using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The waits behind <see cref="ResourceNotificationService"/>.</summary>
internal sealed class ResourceWaits(ResourceNotificationService notifications, ResourceLoggerService loggers,
    Func<WaitBehavior> defaultBehavior, CancellationToken stopping)
{
    public WaitBehavior DefaultBehavior => defaultBehavior();

    /// <exception cref="OperationCanceledException">Carries all present states, since a wait that timed out is a question.</exception>
    public async Task<ResourceEvent> UntilAsync(string resourceName, Func<ResourceEvent, bool> predicate,
        CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            await foreach (var change in notifications.WatchAsync(either.Token))
                if (ResourceNotificationService.IsNamed(change.Resource, resourceName) && predicate(change))
                    return change;
            throw new OperationCanceledException($"The application ended while waiting for '{resourceName}'.");
        }
        catch (OperationCanceledException e) when (either.IsCancellationRequested)
        {
            throw new OperationCanceledException(
                $"Waiting for resource '{resourceName}' was cancelled. States: {notifications.Describe()}", e, cancellationToken);
        }
    }

    public async Task<ResourceEvent> UntilHealthyAsync(IResource resource, WaitBehavior behavior,
        CancellationToken cancellationToken)
    {
        var ready = await UntilAsync(resource.Name, e => e.Snapshot.IsReady || Unavailable(e, behavior), cancellationToken);
        return ready.Snapshot.IsReady
            ? ready
            : throw new DistributedApplicationException(
                $"Resource '{resource.Name}' will not become healthy: it is {ready.Snapshot.State?.Text}" +
                (ready.Snapshot.ExitCode is { } code ? $" with exit code {code}." : "."));
    }

    public async Task ForDependenciesAsync(IResource resource, IReadOnlyList<string> waiting, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().ToArray();
        if (waits.Length == 0)
            return;
        foreach (var id in waiting)
            await notifications.PublishUpdateAsync(resource, id, s => s with { State = KnownResourceStates.Waiting });
        await Task.WhenAll(
            from wait in waits
            from id in wait.Resource.InstanceIds()
            select ForInstanceAsync(resource, wait, id, cancellationToken));
    }

    private async Task ForInstanceAsync(IResource resource, WaitAnnotation wait, string id, CancellationToken cancellationToken)
    {
        var behavior = wait.WaitBehavior ?? DefaultBehavior;
        var logger = loggers.GetLogger(resource);
        var on = wait.Resource.Name;
        logger.LogInformation("Waiting for resource '{On}'", on);
        var found = await UntilAsync(on, e => e.ResourceId == id && (wait.WaitType switch
        {
            WaitType.WaitForCompletion => e.Snapshot.IsTerminal,
            WaitType.WaitUntilStarted => e.Snapshot.State?.Text == KnownResourceStates.Running,
            _ => e.Snapshot.IsReady,
        } || (wait.WaitType != WaitType.WaitForCompletion && Unavailable(e, behavior))), cancellationToken);

        if (wait.WaitType == WaitType.WaitForCompletion)
        {
            if (found.Snapshot.State?.Text == KnownResourceStates.FailedToStart || found.Snapshot.ExitCode != wait.ExitCode)
                throw new DistributedApplicationException(
                    $"'{resource.Name}' waits for '{on}' to end with exit code {wait.ExitCode}, but it is " +
                    $"{found.Snapshot.State?.Text} with exit code {found.Snapshot.ExitCode?.ToString() ?? "none"}.");
        }
        else if (found.Snapshot.State?.Text != KnownResourceStates.Running)
            throw new DistributedApplicationException(
                $"'{resource.Name}' cannot start: '{on}', which it waits for, is {found.Snapshot.State?.Text}.");
        logger.LogInformation("Finished waiting for resource '{On}'", on);
    }

    private static bool Unavailable(ResourceEvent change, WaitBehavior behavior) =>
        behavior == WaitBehavior.StopOnResourceUnavailable &&
        (change.Snapshot.IsTerminal || change.Snapshot.State?.Text == KnownResourceStates.RuntimeUnhealthy);
}

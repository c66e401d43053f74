namespace Aspire.Hosting.Orchestration;

/// <summary>What stands behind a running instance.</summary>
internal abstract class RunningResource
{
    /// <summary>Null when the process is not one of this application.</summary>
    public abstract int? ProcessId { get; }

    /// <summary>Completes with the exit code when it is gone.</summary>
    public abstract Task<int> Exited { get; }

    /// <summary>Asks it to end, and ends it after the limit.</summary>
    public abstract Task StopAsync(TimeSpan limit);
}

/// <summary>Starts instances of one kind of resource.</summary>
internal abstract class ResourceLauncher
{
    /// <summary>The state of an instance that has ended.</summary>
    public abstract string EndState { get; }

    public abstract Task<RunningResource> LaunchAsync(ResourceInstance instance, CancellationToken cancellationToken);
}

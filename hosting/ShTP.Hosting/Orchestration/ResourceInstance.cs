using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>One replica of a resource: its starts, its stops, its crashes, and their states.</summary>
internal sealed class ResourceInstance(IResource resource, string id, IReadOnlyDictionary<EndpointAnnotation, int> targetPorts,
    ResourceLauncher launcher, InstanceStates states, IDistributedApplicationEventing eventing, IServiceProvider services,
    ResourceNotificationService notifications) : IDisposable
{
    /// <summary>Between the polite request and the kill.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(6);

    private readonly SemaphoreSlim _gate = new(1);
    private CancellationTokenSource _starts = new();
    private RunningResource? _running;
    private Task _watch = Task.CompletedTask;

    public IResource Resource => resource;

    public string Id => id;

    public IReadOnlyDictionary<EndpointAnnotation, int> TargetPorts => targetPorts;

    public ILogger Logger => states.Logger(resource);

    /// <summary>Why the last start failed; null when it did not.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Waits for what the resource waits for, then launches it. A failure becomes the state FailedToStart.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_running is { Exited.IsCompleted: false })
                return;
            await _watch;
            LastFailure = null;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _starts.Token);
            await LaunchAsync(either.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LastFailure = e.Message;
            // What the message says is enough for what is known; the rest is a bug and needs its stack.
            Logger.LogError(e is DistributedApplicationException or ShTP.LocalPostgres.LocalPostgresException ? null : e,
                "Failed to start resource '{Resource}': {Reason}", resource.Name, e.Message);
            await states.FailedAsync(this);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Also ends a start that is still waiting.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        await _starts.CancelAsync();
        await _gate.WaitAsync();
        try
        {
            _starts.Dispose();
            _starts = new CancellationTokenSource();
            if (_running is { Exited.IsCompleted: false } running)
            {
                await states.StoppingAsync(this);
                await running.StopAsync(limit);
            }
            await _watch;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _gate.Dispose();
        _starts.Dispose();
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        await states.ResetAsync(this);
        try
        {
            await notifications.WaitForDependenciesAsync(resource, id, cancellationToken);
            await states.StartingAsync(this);
            await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken);
            _running = await launcher.LaunchAsync(this, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await states.EndedAsync(this, launcher.EndState, null);
            throw;
        }
        await states.RunningAsync(this, _running.ProcessId);
        _watch = WatchAsync(_running);
    }

    private async Task WatchAsync(RunningResource running) =>
        await states.EndedAsync(this, launcher.EndState, await running.Exited);
}

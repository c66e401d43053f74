using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>The application of an AppHost whose own code runs it; starting means to wait for that, stopping to ask for it.</summary>
internal sealed class AppHostApplication : DistributedApplication
{
    private readonly EntryPointRun _run;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AppHostApplication(DistributedApplication inner, EntryPointRun run) : base(inner)
    {
        _run = run;
        _lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        _lifetime.ApplicationStarted.Register(() => _started.TrySetResult());
    }

    public override async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await (await Task.WhenAny(_started.Task, _run.Ended).WaitAsync(cancellationToken));
        if (!_started.Task.IsCompleted)
            throw new InvalidOperationException("The entry point exited without starting its DistributedApplication.");
    }

    public override async Task StopAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.StopApplication();
        await _run.Ended.WaitAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        _lifetime.StopApplication();
        try
        {
            await _run.Ended;
        }
        catch (OperationCanceledException)
        {
            // It was stopped while it started.
        }
        await base.DisposeAsync();
    }

    public override void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose();
    }
}

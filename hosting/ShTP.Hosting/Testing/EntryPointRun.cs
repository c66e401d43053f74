using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>The code of an AppHost, running on its own thread and held in <c>Build()</c>.</summary>
internal sealed class EntryPointRun(Assembly assembly, string[] args,
    Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _reachedBuild = NewSource<DistributedApplicationBuilder>();
    private readonly TaskCompletionSource _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = NewSource<DistributedApplication>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the code has returned; faulted when it threw.</summary>
    public Task Ended => _ended.Task;

    public async Task<DistributedApplicationBuilder> StartAsync(CancellationToken cancellationToken)
    {
        var entryPoint = assembly.EntryPoint ?? throw new InvalidOperationException(
            $"The assembly {assembly.GetName().Name} has no entry point.");
        var before = EntryPointInterceptor.Current;
        EntryPointInterceptor.Current = new EntryPointInterceptor
        {
            Creating = (options, settings) =>
            {
                TestDefaults.Apply(options, settings, assembly, args);
                configureBuilder(options, settings);
            },
            Created = _ => { },
            Building = Hold,
            Built = application => _built.TrySetResult(application),
        };
        // The thread takes the execution context, and with it the interceptor, along.
        new Thread(() => Run(entryPoint)) { IsBackground = true, Name = $"AppHost {assembly.GetName().Name}" }.Start();
        EntryPointInterceptor.Current = before;
        return await _reachedBuild.Task.WaitAsync(Limit, cancellationToken);
    }

    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return _built.Task.WaitAsync(Limit, cancellationToken);
    }

    /// <summary>Ends code that still waits to build.</summary>
    public async Task AbandonAsync()
    {
        _mayBuild.TrySetCanceled();
        await Ended.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Limit);
    }

    private void Hold(DistributedApplicationBuilder builder)
    {
        _reachedBuild.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
    }

    private void Run(MethodInfo entryPoint)
    {
        try
        {
            // The compiler wraps an asynchronous Main so that the entry point itself waits.
            entryPoint.Invoke(null, entryPoint.GetParameters().Length == 0 ? [] : [args]);
            Fail(new InvalidOperationException(
                "The entry point exited without building a DistributedApplication."));
            _ended.TrySetResult();
        }
        catch (TargetInvocationException e)
        {
            var inner = e.InnerException ?? e;
            Fail(inner);
            _ended.TrySetException(inner);
            _ = _ended.Task.Exception;
        }
    }

    private void Fail(Exception e)
    {
        if (_reachedBuild.TrySetException(e))
            _ = _reachedBuild.Task.Exception;
        if (_built.TrySetException(e))
            _ = _built.Task.Exception;
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

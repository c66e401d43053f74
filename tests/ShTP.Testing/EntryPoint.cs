using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ShTP.Testing;

/// <summary>
/// Runs a program's own entry point inside the test process and takes hold of its host through the events that
/// Microsoft.Extensions.Hosting sends for such purposes.
/// </summary>
internal sealed class EntryPoint : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<EntryPoint?> Running = new();

    private readonly TaskCompletionSource<IHost> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<IServiceCollection> _configureServices;

    private EntryPoint(Action<IServiceCollection> configureServices) => _configureServices = configureServices;

    public Task<IHost> Built => _built.Task;

    /// <summary>The exit code.</summary>
    public Task<int> Ended => _ended.Task;

    public static EntryPoint Run(Assembly assembly, string[] args, Action<IServiceCollection> configureServices)
    {
        var run = new EntryPoint(configureServices);
        new Thread(() => run.Main(assembly, args)) { IsBackground = true, Name = assembly.GetName().Name }.Start();
        return run;
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void OnNext(DiagnosticListener value)
    {
        // Other hosts of this process send the same events.
        if (Running.Value == this && value.Name == "Microsoft.Extensions.Hosting")
            value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (Running.Value != this)
            return;
        if (value is { Key: "HostBuilding", Value: IHostBuilder builder })
            builder.ConfigureServices(_configureServices);
        else if (value is { Key: "HostBuilt", Value: IHost host })
            _built.TrySetResult(host);
    }

    private void Main(Assembly assembly, string[] args)
    {
        Running.Value = this;
        using var subscription = DiagnosticListener.AllListeners.Subscribe(this);
        try
        {
            var result = assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [args], null);
            _ended.TrySetResult(result as int? ?? 0);
            _built.TrySetException(new InvalidOperationException($"{assembly.GetName().Name} ended without building a host."));
        }
        catch (Exception fault)
        {
            _built.TrySetException(fault);
            _ended.TrySetException(fault);
        }
    }
}

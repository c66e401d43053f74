using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Passes everything on to the builder itself.</summary>
internal abstract class TestingBuilder(DistributedApplicationBuilder inner) : IDistributedApplicationTestingBuilder
{
    protected DistributedApplicationBuilder Inner => inner;

    public ConfigurationManager Configuration => inner.Configuration;

    public string AppHostDirectory => inner.AppHostDirectory;

    public Assembly? AppHostAssembly => inner.AppHostAssembly;

    public IHostEnvironment Environment => inner.Environment;

    public IServiceCollection Services => inner.Services;

    public IDistributedApplicationEventing Eventing => inner.Eventing;

    public DistributedApplicationExecutionContext ExecutionContext => inner.ExecutionContext;

    public IResourceCollection Resources => inner.Resources;

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource => inner.AddResource(resource);

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => inner.CreateResourceBuilder(resource);

    public DistributedApplication Build() => BuildAsync().GetAwaiter().GetResult();

    public abstract Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public abstract ValueTask DisposeAsync();
}

/// <summary>A model that the test itself puts together.</summary>
internal sealed class TestModel(Assembly assembly, string[] args,
    Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    : TestingBuilder(Builder(assembly, args, configureBuilder))
{
    public override Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(Inner.Build());

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static DistributedApplicationBuilder Builder(Assembly assembly, string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        EntryPointInterceptor.Current = new EntryPointInterceptor
        {
            Creating = (options, settings) =>
            {
                TestDefaults.Apply(options, settings, assembly, args);
                configureBuilder(options, settings);
            },
            Created = _ => { },
            Building = _ => { },
            Built = _ => { },
        };
        try
        {
            return new DistributedApplicationBuilder(new DistributedApplicationOptions());
        }
        finally
        {
            EntryPointInterceptor.Current = null;
        }
    }
}

/// <summary>An AppHost whose code waits in <c>Build()</c>.</summary>
internal sealed class SuspendedAppHost(EntryPointRun run, DistributedApplicationBuilder builder) : TestingBuilder(builder)
{
    private AppHostApplication? _application;

    public override async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) =>
        _application ??= new AppHostApplication(await run.BuildAsync(cancellationToken), run);

    public override async ValueTask DisposeAsync()
    {
        if (_application is null)
            await run.AbandonAsync();
        else
            await _application.DisposeAsync();
    }
}

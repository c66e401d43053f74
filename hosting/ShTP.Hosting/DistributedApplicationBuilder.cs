using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly EntryPointInterceptor? _interceptor = EntryPointInterceptor.Current;

    public DistributedApplicationBuilder(string[] args) : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        var settings = new HostApplicationBuilderSettings { Args = options.Args };
        _interceptor?.Creating(options, settings);
        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        _host = new HostApplicationBuilder(settings);
        AppHostDirectory = options.ProjectDirectory ?? AppHostMetadata.ProjectDirectory(AppHostAssembly)
            ?? Environment.ContentRootPath;
        _host.AddOrchestration(this, options);
        _interceptor?.Created(this);
    }

    public IHostEnvironment Environment => _host.Environment;

    public ConfigurationManager Configuration => _host.Configuration;

    public IServiceCollection Services => _host.Services;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new(DistributedApplicationOperation.Run);

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplication Build()
    {
        _interceptor?.Building(this);
        var application = new DistributedApplication(_host.Build());
        _interceptor?.Built(application);
        return application;
    }

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource =>
        new ResourceBuilder<T>(this, resource);
}

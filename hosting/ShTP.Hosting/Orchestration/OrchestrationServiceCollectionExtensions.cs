using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Health;
using Aspire.Hosting.Projects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

internal static class OrchestrationServiceCollectionExtensions
{
    /// <summary>A stop must end within ten seconds: Ctrl+C is followed by kill when it takes longer.</summary>
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(10);

    public static void AddOrchestration(this HostApplicationBuilder host, DistributedApplicationBuilder builder,
        DistributedApplicationOptions options)
    {
        host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // Health checks fail while things start; their results are states of resources, not news.
        host.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None);

        var services = host.Services;
        services.AddHttpClient();
        services.AddHealthChecks();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownLimit);
        services.AddSingleton(builder.ExecutionContext);
        services.AddSingleton(builder.Eventing);
        services.AddSingleton(new DistributedApplicationModel(builder.Resources));
        services.AddSingleton(options);
        services.AddSingleton(provider => Loggers(provider, options));
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton(provider => new ResourceCommandService(
            provider.GetRequiredService<ResourceNotificationService>(),
            provider.GetRequiredService<ILogger<ResourceCommandService>>(), provider));
        services.AddSingleton<ProjectEnvironment>();
        services.AddSingleton<EndpointAllocator>();
        services.AddSingleton<ResourceHealthMonitor>();
        services.AddSingleton<ApplicationOrchestrator>();
        services.AddHostedService(provider => provider.GetRequiredService<ApplicationOrchestrator>());
    }

    private static ResourceLoggerService Loggers(IServiceProvider provider, DistributedApplicationOptions options)
    {
        var loggers = new ResourceLoggerService();
        if (options.EnableResourceLogging)
        {
            var application = provider.GetRequiredService<IHostEnvironment>().ApplicationName;
            var factory = provider.GetRequiredService<ILoggerFactory>();
            loggers.Forward = resource => factory.CreateLogger($"{application}.Resources.{resource}");
        }
        return loggers;
    }
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ShTP.AppHost;

/// <summary>The output of a start in a terminal.</summary>
internal static class Terminal
{
    private const string DashboardName = "aspire-dashboard";

    private static readonly TimeSpan DashboardLimit = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Prints the states of resources and then the addresses, the dashboard last. Logs only warnings unless configured.
    /// </summary>
    public static void AddConsoleReport(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> gateway,
        IResourceBuilder<ParameterResource> adminEmail, IResourceBuilder<ParameterResource> adminPassword, SystemData data, AppHostOptions options)
    {
        if (!builder.ExecutionContext.IsRunMode)
            return;
        Quieten(builder);
        // Not a hosted service: those start after the resources have.
        builder.Eventing.Subscribe<BeforeStartEvent>((start, cancellationToken) =>
        {
            var services = start.Services;
            var report = new ConsoleReport(services.GetRequiredService<ResourceNotificationService>(), start.Model,
                options.EndsOnFailure ? ActivatorUtilities.CreateInstance<StartFailure>(services) : null, WelcomeAsync);
            _ = report.RunAsync(services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            return Task.CompletedTask;

            async Task<IReadOnlyList<string>> WelcomeAsync(CancellationToken stoppingToken)
            {
                List<string> lines = ["", $"ShTP is up: {gateway.GetEndpoint("http").Url}"];
                if (builder.Environment.IsDevelopment())
                    lines.Add($"First admin: {await adminEmail.Resource.GetValueAsync(stoppingToken)}, password {await adminPassword.Resource.GetValueAsync(stoppingToken)}");
                lines.Add($"Data: {WhereIs(data, start.Model)}");
                lines.Add("Ctrl+C stops everything.");
                if (await DashboardUrlAsync(services, stoppingToken) is { } url)
                    lines.Add($"Dashboard: {url}");
                lines.Add("");
                return lines;
            }
        });
    }

    private static string WhereIs(SystemData data, DistributedApplicationModel model)
    {
        var volumes = model.Resources.Where(resource => resource.HasAnnotationOfType<ContainerImageAnnotation>())
            .SelectMany(resource => resource.Annotations.OfType<ContainerMountAnnotation>())
            .Where(mount => mount.Type == ContainerMountType.Volume).Select(mount => mount.Source).ToArray();
        return (data.Folder, volumes) switch
        {
            (null, _) => "goes with this run (--Data=ephemeral)",
            ({ } folder, []) => $"{folder} (to start anew, stop and delete it; or --Data=ephemeral)",
            // The folder has the database's password, so folder and volume belong together.
            ({ } folder, _) => $"{folder} and the container volume {string.Join(", ", volumes)} (to start anew, stop and delete both; or --Data=ephemeral)",
        };
    }

    private static void Quieten(IDistributedApplicationBuilder builder)
    {
        var resources = $"{builder.Environment.ApplicationName}.Resources";
        foreach (var (category, level) in (ReadOnlySpan<(string, string)>)
            [
                // The report prints states and addresses itself.
                ("Aspire.Hosting", "Warning"),
                // Failing health checks are normal during the start.
                ("Microsoft.Extensions.Diagnostics.HealthChecks", "None"),
                // These belong to the dashboard's data source and protect no data of ShTP.
                ("Microsoft.AspNetCore.DataProtection", "Error"),
            ])
            builder.Configuration[$"Logging:LogLevel:{category}"] ??= level;
        // An interrupted start is not a failure of the remaining resources. Other failures are thrown, too.
        IHostApplicationLifetime? lifetime = null;
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            lifetime = start.Services.GetRequiredService<IHostApplicationLifetime>();
            return Task.CompletedTask;
        });
        builder.Services.Configure<LoggerFilterOptions>(logging =>
        {
            logging.Rules.Add(new LoggerFilterRule(providerName: null, "Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Information, (_, _, _) => !IsInterrupted()));
            logging.Rules.Add(new LoggerFilterRule(providerName: null, resources, builder.Configuration.GetValue($"Logging:LogLevel:{resources}", LogLevel.Warning), (_, _, _) => !IsInterrupted()));
        });
        bool IsInterrupted() => lifetime is { ApplicationStopping.IsCancellationRequested: true, ApplicationStarted.IsCancellationRequested: false };
        builder.Configuration["Logging:Console:FormatterName"] ??= "simple";
        builder.Configuration["Logging:Console:FormatterOptions:SingleLine"] ??= "true";
    }

    /// <summary>The address with the sign-in token; null without a dashboard, or when it does not start.</summary>
    private static async Task<string?> DashboardUrlAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var model = services.GetRequiredService<DistributedApplicationModel>();
        if (!model.Resources.Any(resource => resource.Name == DashboardName))
            return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DashboardLimit);
        try
        {
            var running = await services.GetRequiredService<ResourceNotificationService>().WaitForResourceAsync(DashboardName,
                change => change.Snapshot.State?.Text == KnownResourceStates.Running && change.Snapshot.Urls.Any(IsLogin), limit.Token);
            return running.Snapshot.Urls.First(IsLogin).Url;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        static bool IsLogin(UrlSnapshot url) => url.Url.Contains("/login", StringComparison.Ordinal);
    }
}

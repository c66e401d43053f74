using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

internal static class ConsoleReportExtensions
{
    /// <summary>Prints the states of resources, then where to go; keeps the children's logs to warnings unless configured.</summary>
    public static void AddConsoleReport(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> gateway,
        IResourceBuilder<ParameterResource> adminEmail, IResourceBuilder<ParameterResource> adminPassword)
    {
        var logs = $"Logging:LogLevel:{builder.Environment.ApplicationName}.Resources";
        builder.Configuration[logs] ??= "Warning";
        builder.Configuration["Logging:Console:FormatterName"] ??= "simple";
        builder.Configuration["Logging:Console:FormatterOptions:SingleLine"] ??= "true";
        // Not a hosted service: those start after the resources have.
        builder.Eventing.Subscribe<BeforeStartEvent>((start, cancellationToken) =>
        {
            var report = new ConsoleReport(start.Services.GetRequiredService<ResourceNotificationService>(), start.Model,
                gateway.GetEndpoint("http"), builder.Environment.IsDevelopment() ? (adminEmail.Resource, adminPassword.Resource) : null);
            _ = report.RunAsync(start.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            return Task.CompletedTask;
        });
    }
}

/// <summary>What a person at the terminal wants to know while the application starts.</summary>
internal sealed class ConsoleReport(ResourceNotificationService notifications, DistributedApplicationModel model,
    EndpointReference gateway, (ParameterResource Email, ParameterResource Password)? admin)
{
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly Dictionary<string, string> _shown = [];
    private readonly int _nameWidth = model.Resources.Where(IsShown).Max(r => r.Name.Length);
    private bool _welcomed;

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stoppingToken))
                if (IsShown(change.Resource))
                    await ShowAsync(change, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application stops.
        }
    }

    private async Task ShowAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        if (Describe(change.Snapshot) is not { } state || _shown.GetValueOrDefault(change.ResourceId) == state)
            return;
        _shown[change.ResourceId] = state;
        var urls = string.Join("  ", change.Snapshot.Urls.Select(u => u.Url));
        Console.WriteLine($"{_since.Elapsed.TotalSeconds,6:0.0} s  {change.Resource.Name.PadRight(_nameWidth)}  {state,-16}  {urls}".TrimEnd());
        if (!_welcomed && model.Resources.Where(IsAwaited).All(r => _shown.Any(s => s.Value == "healthy" && IsOf(s.Key, r))))
        {
            _welcomed = true;
            await WelcomeAsync(cancellationToken);
        }
    }

    private async Task WelcomeAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine();
        Console.WriteLine($"ShTP is up: {gateway.Url}");
        if (admin is var (email, password))
            Console.WriteLine($"First admin: {await email.GetValueAsync(cancellationToken)}, password {await password.GetValueAsync(cancellationToken)}");
        Console.WriteLine("Ctrl+C stops everything.");
        Console.WriteLine();
    }

    private static bool IsShown(IResource resource) => resource is ProjectResource or PostgresServerResource or PostgresDatabaseResource;

    // What ends by itself is no part of the system.
    private static bool IsAwaited(IResource resource) => IsShown(resource) && resource.Name != ResourceNames.Demo;

    /// <summary>An id is the name of a resource, or the name with a random suffix.</summary>
    private static bool IsOf(string resourceId, IResource resource) =>
        resourceId == resource.Name || resourceId[..Math.Max(0, resourceId.LastIndexOf('-'))] == resource.Name;

    /// <summary>Null for what nobody needs to see.</summary>
    private static string? Describe(CustomResourceSnapshot snapshot) => (snapshot.State?.Text, snapshot.HealthStatus) switch
    {
        ("Running", HealthStatus.Healthy) => "healthy",
        ("Running", _) => null,
        ("Waiting", _) => "waiting",
        ("Starting", _) => "starting",
        ("FailedToStart", _) => "failed to start",
        ("Exited" or "Finished", _) => $"ended ({snapshot.ExitCode?.ToString() ?? "no exit code"})",
        _ => null,
    };
}

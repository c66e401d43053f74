using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ShTP.ServiceDefaults.Configuration;
using ShTP.ServiceDefaults.Health;
using ShTP.ServiceDefaults.Telemetry;

namespace ShTP.ServiceDefaults;

/// <summary>Setup that all processes share.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Settings from secret files, telemetry, health checks, service discovery, resilience of outgoing HTTP calls, start checks,
    /// and memory that a quiet process gives back.
    /// <paramref name="name"/> is the resource name of the process.
    /// </summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string name)
    {
        var unreadable = SecretFiles.Add(builder.Configuration);
        builder.AddKnownSettings(isWhole: true, SecretFiles.Setting);
        builder.Services.AddStartCheck(_ => unreadable);
        PlatformSettings.Check(builder);
        TelemetryDefaults.Add(builder, name);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var services = builder.Services;
        services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthEndpoints.LiveTag]);
        services.AddServiceDiscovery();
        services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddHostedService<QuietMemory>();
        var configuration = builder.Configuration;
        services.AddStartCheck(provider => SettingsCheck.FindFaults(configuration, [.. provider.GetServices<KnownSetting>()]));
        services.AddSingleton<StartChecks>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<StartChecks>());
        return builder;
    }

    /// <summary><c>/health</c> runs all checks and <c>/alive</c> those of the process only, both on HTTP/1.1 only.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.Services.GetRequiredService<StartChecks>().Routes = app;
        HealthEndpoints.Map(app);
        return app;
    }

    /// <summary>
    /// Runs the application after all start checks passed. Otherwise prints all faults to standard error. The result is
    /// the exit code.
    /// </summary>
    public static Task<int> RunCheckedAsync(this WebApplication app, Func<Task>? beforeServing = null) => app.DoCheckedAsync(Console.Error, async () =>
    {
        await app.RunAsync();
        return 0;
    }, beforeServing);

    /// <summary>
    /// The same for a program without a server: runs <paramref name="work"/>, whose result is the exit code.
    /// <paramref name="prepare"/> runs before it and may find further faults.
    /// </summary>
    public static async Task<int> DoCheckedAsync(this WebApplication app, TextWriter errors, Func<Task<int>> work, Func<Task>? prepare = null)
    {
        try
        {
            app.Services.GetRequiredService<StartChecks>().ThrowIfFaulty();
            if (prepare is not null)
                await prepare();
        }
        catch (StartException fault)
        {
            // A configuration fault is not a crash. Print the list without a stack, and not through a logger that may be filtered.
            await errors.WriteLineAsync(fault.Message);
            return 1;
        }

        return await work();
    }
}

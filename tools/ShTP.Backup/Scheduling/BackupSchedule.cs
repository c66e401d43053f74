using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShTP.Backup.Postgres;
using ShTP.Backup.Storage;
using ShTP.LocalPostgres;
using ShTP.ServiceDefaults;

namespace ShTP.Backup.Scheduling;

/// <summary>
/// Makes a backup whenever the newest one is old enough, also after a start. <c>/health</c> tells its age, and fails when
/// one is overdue.
/// </summary>
internal sealed class BackupSchedule(string path, IReadOnlyList<Target> targets, BackupOptions options, TimeProvider time, ILogger<BackupSchedule> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    // What came of the last attempt.
    private Attempt? _last;

    /// <summary>Runs until it is stopped; the result is the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, string path, IReadOnlyList<Target> targets, BackupOptions options, CancellationToken cancellationToken)
    {
        // Its appsettings.json is beside the program, wherever it is started.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(args, new Dictionary<string, string>(BackupOptions.Switches));
        builder.AddServiceDefaults(ResourceNames.Backup);
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<BackupSchedule>(provider, path, targets, options));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<BackupSchedule>());
        builder.Services.AddHealthChecks().AddCheck<BackupSchedule>("backup");
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        await using var stop = cancellationToken.Register(app.Lifetime.StopApplication);
        return await app.RunCheckedAsync();
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (last, newest) = (_last, BackupFolder.NewestIn(path));
        var age = time.GetUtcNow() - newest;
        var text = age is { } hours ? FormattableString.Invariant($"The newest backup is {hours.TotalHours:0.0} hours old") : "There is no backup";
        if (last?.Fault is { } fault)
            text += $". The last attempt: {fault}";
        // After a start there is one as soon as it can be made.
        var isOverdue = last is { IsMade: false } && !(age < 2 * options.Every);
        return Task.FromResult(isOverdue ? HealthCheckResult.Unhealthy(text) : last?.Fault is null ? HealthCheckResult.Healthy(text) : HealthCheckResult.Degraded(text));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = BackupFolder.NewestIn(path) is { } newest ? newest + options.Every - time.GetUtcNow() : TimeSpan.Zero;
            if (_last is { IsMade: false })
                wait = options.Every < LongestRetry ? options.Every : LongestRetry;
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, stoppingToken);
            _last = await MakeAsync(stoppingToken);
            if (_last.Fault is { } fault)
                logger.LogError("{Backup}", fault);
        }
    }

    private async Task<Attempt> MakeAsync(CancellationToken stoppingToken)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        try
        {
            var code = await BackupRun.MakeAsync(path, targets, options, output, errors, stoppingToken);
            logger.LogInformation("{Backup}", output.ToString().TrimEnd());
            return new Attempt(IsMade: true, code == BackupRun.Done ? null : errors.ToString().TrimEnd());
        }
        catch (Exception fault) when (fault is BackupException or LocalPostgresException or IOException or UnauthorizedAccessException)
        {
            return new Attempt(IsMade: false, fault.Message);
        }
    }

    /// <param name="IsMade">Whether there is a new backup.</param>
    /// <param name="Fault">Why not, or what is wrong with it.</param>
    private sealed record Attempt(bool IsMade, string? Fault);
}

using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShTP.Testing;
using Xunit;

namespace ShTP.AppHost.Tests;

public sealed class CrashRestartTests
{
    [Fact]
    public async Task Killed_OnceItWasHealthy_IsStartedAgainAndSaysSo()
    {
        await using var builder = Model();
        await using var app = await builder.StartAsync();
        var first = await app.HealthyAsync("worker");

        Kill(first);
        await Eventually.HoldsAsync(() => Task.FromResult(IsRunningAnew(app, first)), "it runs again", Limits.Step);

        var again = await app.HealthyAsync("worker");
        Assert.Equal(1, Convert.ToInt32(again.Snapshot.Properties.Single(property => property.Name == CrashRestart.Property).Value));
        Assert.Contains("restart in 1 s (1 of 5)", await app.LogAsync(first.ResourceId));
    }

    [Fact]
    public async Task KilledAgainWhileItComesBack_IsStartedAgain()
    {
        var health = HealthStatus.Healthy;
        await using var builder = Model(() => health);
        await using var app = await builder.StartAsync();
        var first = await app.HealthyAsync("worker");
        health = HealthStatus.Unhealthy;

        Kill(first);
        await Eventually.HoldsAsync(() => Task.FromResult(IsRunningAnew(app, first)), "it runs again", Limits.Step);
        Assert.True(app.ResourceNotifications.TryGetCurrentState(first.ResourceId, out var second));
        Kill(second);
        await Eventually.HoldsAsync(() => Task.FromResult(IsRunningAnew(app, second)), "it runs a third time", Limits.Step);

        Assert.Contains("restart in 2 s (2 of 5)", await app.LogAsync(first.ResourceId));
    }

    [Fact]
    public async Task Killed_WhileWhatItWaitsForIsDown_ComesBackAfterIt()
    {
        await using var builder = Model();
        var other = builder.AddExecutable("other", "sleep", "/", "600").WithHealthCheck("worker");
        builder.CreateResourceBuilder<ExecutableResource>("worker").WaitFor(other);
        await using var app = await builder.StartAsync();
        var first = await app.HealthyAsync("worker");
        await app.RunCommandAsync("other", KnownResourceCommands.StopCommand);
        await app.ResourceNotifications.WaitForResourceAsync("other", HasEnded, Limits.Cancellation);

        Kill(first);
        await Eventually.HoldsAsync(() => Task.FromResult(Restarts(app, first) == 2), "its first restart failed", Limits.Step);
        await app.RunCommandAsync("other", KnownResourceCommands.StartCommand);

        await Eventually.HoldsAsync(() => Task.FromResult(IsRunningAnew(app, first)), "it runs again", Limits.Step);
    }

    [Fact]
    public async Task StoppedByCommand_StaysStopped()
    {
        await using var builder = Model();
        await using var app = await builder.StartAsync();
        await app.HealthyAsync("worker");

        await app.RunCommandAsync("worker", KnownResourceCommands.StopCommand);
        var ended = await app.ResourceNotifications.WaitForResourceAsync("worker", HasEnded, Limits.Cancellation);

        // Its restart would have been announced before its end was published to others.
        Assert.DoesNotContain("is started again", await app.LogAsync(ended.ResourceId));
    }

    [Fact]
    public async Task EndedBeforeItWasHealthy_IsNotStartedAgain()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "runs /bin/sh");
        await using var builder = TestModel.Create();
        builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy());
        builder.AddCrashRestart(builder.AddExecutable("worker", "sh", "/", "-c", "exit 3").WithHealthCheck("never"));
        await using var app = await builder.StartAsync();

        var ended = await app.ResourceNotifications.WaitForResourceAsync("worker", HasEnded, Limits.Cancellation);

        Assert.Equal(3, ended.Snapshot.ExitCode);
        Assert.DoesNotContain("is started again", await app.LogAsync(ended.ResourceId));
    }

    private static Aspire.Hosting.Testing.IDistributedApplicationTestingBuilder Model(Func<HealthStatus>? health = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "runs /bin/sh");
        var builder = TestModel.Create();
        builder.Services.AddHealthChecks().AddCheck("worker", () => new HealthCheckResult(health?.Invoke() ?? HealthStatus.Healthy));
        builder.AddCrashRestart(builder.AddExecutable("worker", "sleep", "/", "600").WithHealthCheck("worker"));
        return builder;
    }

    private static void Kill(ResourceEvent running)
    {
        using var process = Process.GetProcessById(running.ProcessId());
        process.Kill();
    }

    private static bool IsRunningAnew(DistributedApplication app, ResourceEvent before) =>
        app.ResourceNotifications.TryGetCurrentState(before.ResourceId, out var now) && now.Snapshot.State?.Text == KnownResourceStates.Running &&
        now.Snapshot.Properties.Any(property => property.Name == "executable.pid" && property.Value is not null) && now.ProcessId() != before.ProcessId();

    private static int Restarts(DistributedApplication app, ResourceEvent of) => app.ResourceNotifications.TryGetCurrentState(of.ResourceId, out var now)
        ? Convert.ToInt32(now.Snapshot.Properties.FirstOrDefault(property => property.Name == CrashRestart.Property)?.Value ?? 0)
        : 0;

    private static bool HasEnded(ResourceEvent change) => KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text);
}

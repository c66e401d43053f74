using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ShTP.AppHost.Postgres;
using ShTP.LocalPostgres;

namespace ShTP.AppHost;

/// <summary>Commands of the dashboard and of <c>aspire resource NAME COMMAND</c>.</summary>
internal static class DashboardCommands
{
    public const string ShowAdmin = "show-admin";
    public const string RetryParked = "retry-parked";
    public const string ResetData = "reset-data";

    private static readonly TimeSpan RetryLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    /// <summary>Shows e-mail and password of the first admin.</summary>
    public static IResourceBuilder<ProjectResource> WithAdminCommand(this IResourceBuilder<ProjectResource> auth,
        IResourceBuilder<ParameterResource> email, IResourceBuilder<ParameterResource> password) => auth.WithCommand(ShowAdmin, "Show the first admin",
        async context => CommandResults.Success("First admin",
            $"{await email.Resource.GetValueAsync(context.CancellationToken)}\n{await password.Resource.GetValueAsync(context.CancellationToken)}",
            CommandResultFormat.Text, displayImmediately: true),
        new CommandOptions
        {
            Description = "E-mail and password that the first admin was created with.",
            IconName = "Key",
            IconVariant = IconVariant.Regular,
        });

    /// <summary>Makes parked messages due again, as <c>outbox retry</c> does.</summary>
    public static IResourceBuilder<ProjectResource> WithRetryCommand(this IResourceBuilder<ProjectResource> service) => service.WithCommand(
        RetryParked, "Send parked messages again", context => RetryAsync(service.Resource, context), new CommandOptions
        {
            Description = "Parked messages are delivered only after this command. The health of the service shows whether there are any.",
            IconName = "MailArrowClockwise",
            IconVariant = IconVariant.Regular,
            UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });

    /// <summary>Deletes all data and restarts the system.</summary>
    public static void AddResetCommand(this IResourceBuilder<PostgresServerResource> postgres, SystemData data, params IReadOnlyList<string> filesOf)
    {
        if (!postgres.Resource.TryGetLastAnnotation<LocalServerAnnotation>(out var local))
            return;
        postgres.WithCommand(ResetData, "Reset all data", context => ResetAsync(local.Server(), data, filesOf, context), new CommandOptions
        {
            Description = "Stops all services, removes all databases and files, and starts again.",
            ConfirmationMessage = "This deletes all users, achievements, tasks and files of this system. Continue?",
            IconName = "Delete",
            IconVariant = IconVariant.Regular,
        });
    }

    private static async Task<ExecuteCommandResult> RetryAsync(ProjectResource service, ExecuteCommandContext context)
    {
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        if (!notifications.TryGetCurrentState(context.ResourceName, out var current))
            return CommandResults.Failure($"{context.ResourceName} is not known.");
        // The service's own executable has this command. It runs with the service's environment.
        var start = new ProcessStartInfo(service.ProgramPath(), ["outbox", "retry"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in current.Snapshot.EnvironmentVariables.Where(variable => variable.IsFromSpec))
            start.Environment[variable.Name] = variable.Value;
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        limit.CancelAfter(RetryLimit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? CommandResults.Success("Done", await output) : CommandResults.Failure("It failed.", await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            context.CancellationToken.ThrowIfCancellationRequested();
            return CommandResults.Failure($"It did not end within {RetryLimit.TotalSeconds} s.");
        }
    }

    private static async Task<ExecuteCommandResult> ResetAsync(LocalServer server, SystemData data, IReadOnlyList<string> filesOf, ExecuteCommandContext context)
    {
        var services = context.Services;
        var notifications = services.GetRequiredService<ResourceNotificationService>();
        var commands = services.GetRequiredService<ResourceCommandService>();
        var running = services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>()
            .Where(project => notifications.TryGetCurrentState(project.Name, out var current) && !HasEnded(current)).ToArray();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        limit.CancelAfter(StopLimit);
        try
        {
            await Task.WhenAll(running.Select(project => commands.ExecuteCommandAsync(project, KnownResourceCommands.StopCommand, limit.Token)));
            await Task.WhenAll(running.Select(project => notifications.WaitForResourceAsync(project.Name, HasEnded, limit.Token)));
            await server.RemoveDataAsync(limit.Token);
            foreach (var service in filesOf)
                data.ClearFolderOf(service);
            await server.StartAsync(context.CancellationToken);
        }
        catch (LocalPostgresException fault)
        {
            return CommandResults.Failure(fault.Message);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            return CommandResults.Failure($"The services did not stop within {StopLimit.TotalSeconds} s. Nothing was removed.");
        }

        var failures = await StartAsync(running, commands, notifications, context.CancellationToken);
        return failures is [] ? CommandResults.Success("Everything is new.") : CommandResults.Failure($"All data is removed, but: {string.Join("; ", failures)}");
    }

    /// <summary>Restart in dependency order: a resource fails at once when a resource that it waits for has exited.</summary>
    private static async Task<IReadOnlyList<string>> StartAsync(IEnumerable<ProjectResource> projects, ResourceCommandService commands,
        ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        var left = projects.ToHashSet<IResource>();
        while (left.Count > 0)
        {
            var next = left.Where(project => !project.Annotations.OfType<WaitAnnotation>().Any(wait => left.Contains(wait.Resource))).ToArray();
            left.ExceptWith(next);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartLimit);
            try
            {
                var results = await Task.WhenAll(next.Select(project => commands.ExecuteCommandAsync(project, KnownResourceCommands.StartCommand, limit.Token)));
                failures.AddRange(next.Zip(results).Where(one => !one.Second.Success).Select(one => $"{one.First.Name}: {one.Second.Message}"));
                await Task.WhenAll(next.Zip(results).Where(one => one.Second.Success).Select(one => notifications.WaitForResourceAsync(one.First.Name, change => !HasEnded(change), limit.Token)));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add($"{string.Join(", ", next.Select(project => project.Name))}: not started within {StartLimit.TotalSeconds} s");
            }
        }

        return failures;
    }

    private static bool HasEnded(ResourceEvent current) =>
        current.Snapshot.State?.Text == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(current.Snapshot.State?.Text);
}

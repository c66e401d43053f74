using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public sealed class ExecuteCommandResult
{
    public required bool Success { get; init; }

    public bool Canceled { get; init; }

    public string? Message { get; init; }
}

public static class CommandResults
{
    public static ExecuteCommandResult Success() => new() { Success = true };

    public static ExecuteCommandResult Success(string message) => new() { Success = true, Message = message };

    public static ExecuteCommandResult Failure(string? errorMessage = null) => new() { Success = false, Message = errorMessage };

    public static ExecuteCommandResult Failure(Exception exception) => Failure(exception.Message);

    public static ExecuteCommandResult Canceled() => new() { Success = false, Canceled = true };
}

/// <summary>Starts, stops and restarts resources by hand.</summary>
public class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ILogger<ResourceCommandService> _logger;
    private readonly Lazy<ApplicationOrchestrator> _orchestrator;

    internal ResourceCommandService(ResourceNotificationService notifications, ILogger<ResourceCommandService> logger,
        IServiceProvider services)
    {
        _notifications = notifications;
        _logger = logger;
        _orchestrator = new(services.GetRequiredService<ApplicationOrchestrator>);
    }

    /// <summary>Runs a command on one instance, given by its id, or by the name of a resource with one instance.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName,
        CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var found)
            ? await ExecuteAsync(found.Resource, found.ResourceId, commandName, cancellationToken)
            : CommandResults.Failure($"There is no resource '{resourceId}', or it has several instances.");

    /// <summary>Runs a command on all instances of a resource.</summary>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName,
        CancellationToken cancellationToken = default)
    {
        var results = await Task.WhenAll(resource.InstanceIds()
            .Select(id => ExecuteAsync(resource, id, commandName, cancellationToken)));
        return results.FirstOrDefault(r => !r.Success) ?? results.FirstOrDefault() ??
            CommandResults.Failure($"Resource '{resource.Name}' has no instances.");
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string id, string commandName,
        CancellationToken cancellationToken)
    {
        if (_orchestrator.Value.Instance(id) is not { } instance)
            return CommandResults.Failure($"Resource '{resource.Name}' cannot be started or stopped.");
        try
        {
            switch (commandName)
            {
                case "start" or "resource-start":
                    await instance.StartAsync(cancellationToken);
                    break;
                case "stop" or "resource-stop":
                    await instance.StopAsync(ResourceInstance.StopLimit);
                    break;
                case "restart" or "resource-restart":
                    await instance.StopAsync(ResourceInstance.StopLimit);
                    await instance.StartAsync(cancellationToken);
                    break;
                default:
                    return CommandResults.Failure($"Resource '{resource.Name}' has no command '{commandName}'.");
            }
            return instance.LastFailure is { } failure ? CommandResults.Failure(failure) : CommandResults.Success();
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
        catch (Exception e)
        {
            _logger.LogError(e, "Command {Command} failed for {Resource}", commandName, id);
            return CommandResults.Failure(e);
        }
    }
}

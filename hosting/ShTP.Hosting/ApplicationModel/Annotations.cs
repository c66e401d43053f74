using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.ApplicationModel;

public class EnvironmentCallbackAnnotation(Func<EnvironmentCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<EnvironmentCallbackContext, Task> Callback => callback;
}

public class EnvironmentCallbackContext(DistributedApplicationExecutionContext executionContext, IResource resource,
    Dictionary<string, object>? environmentVariables = null, CancellationToken cancellationToken = default)
{
    public Dictionary<string, object> EnvironmentVariables { get; } = environmentVariables ?? [];

    public CancellationToken CancellationToken => cancellationToken;

    public ILogger Logger { get; set; } = NullLogger.Instance;

    public IResource Resource => resource;

    public DistributedApplicationExecutionContext ExecutionContext => executionContext;
}

public class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<CommandLineArgsCallbackContext, Task> Callback => callback;
}

public sealed class CommandLineArgsCallbackContext(IList<object> args, CancellationToken cancellationToken = default)
{
    public IList<object> Args => args;

    public CancellationToken CancellationToken => cancellationToken;
}

public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key => key;
}

public class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas => replicas;
}

public class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>The ids under which the running instances of a resource are known.</summary>
internal sealed record InstancesAnnotation(IReadOnlyList<string> Ids) : IResourceAnnotation;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>For whom a value is resolved.</summary>
public class ValueProviderContext
{
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    public IResource? Caller { get; init; }

    /// <summary>The ports that the asking replica binds itself.</summary>
    internal IReadOnlyDictionary<EndpointAnnotation, int>? TargetPorts { get; init; }

    /// <summary>The random suffix of the asking replica's id.</summary>
    internal string? InstanceId { get; init; }
}

using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Projects;

/// <summary>The random suffix that tells one replica from another in telemetry.</summary>
internal sealed class InstanceId : IValueProvider
{
    public static readonly InstanceId Attribute = new();

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("The instance id is known only for a replica that starts.");

    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        new($"service.instance.id={context.InstanceId}");
}

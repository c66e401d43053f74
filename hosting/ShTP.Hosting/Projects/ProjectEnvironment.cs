using System.Collections;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Projects;

/// <summary>Makes the environment of a project's process.</summary>
internal sealed class ProjectEnvironment(DistributedApplicationExecutionContext executionContext, ResourceLoggerService loggers)
{
    /// <summary>What this process was told about itself must not become what its children are told about themselves.</summary>
    private static readonly string[] NotInherited =
        ["ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    /// <summary>All variables of the process, and those among them that the model sets.</summary>
    public async Task<(IReadOnlyDictionary<string, string> All, IReadOnlyDictionary<string, string> Set)> BuildAsync(
        ResourceInstance instance, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, instance.Resource, cancellationToken: cancellationToken)
        {
            Logger = loggers.GetLogger(instance.Resource),
        };
        foreach (var annotation in instance.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
            await annotation.Callback(context);

        var valueContext = new ValueProviderContext
        {
            ExecutionContext = executionContext,
            Caller = instance.Resource,
            TargetPorts = instance.TargetPorts,
            InstanceId = instance.Id[(instance.Resource.Name.Length + 1)..],
        };
        var set = new Dictionary<string, string>();
        foreach (var (name, value) in context.EnvironmentVariables)
            if (await ValueAsync(value, valueContext, cancellationToken) is { } text)
                set[name] = text;

        var all = Inherited();
        foreach (var (name, value) in set)
            all[name] = value;
        return (all, set);
    }

    public static async ValueTask<string?> ValueAsync(object value, ValueProviderContext context, CancellationToken cancellationToken) =>
        value switch
        {
            string text => text,
            IValueProvider provider => await provider.GetValueAsync(context, cancellationToken),
            IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(context, cancellationToken),
            bool or int or long => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
            _ => throw new DistributedApplicationException($"A value of type {value.GetType().Name} cannot be given to a process."),
        };

    private static Dictionary<string, string> Inherited()
    {
        var inherited = new Dictionary<string, string>(
            OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (!NotInherited.Contains((string)variable.Key, StringComparer.OrdinalIgnoreCase))
                inherited[(string)variable.Key] = (string)variable.Value!;
        return inherited;
    }
}

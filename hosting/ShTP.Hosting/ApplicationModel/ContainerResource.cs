namespace Aspire.Hosting.ApplicationModel;

/// <summary>The base type of servers; here they are local processes, since there is no container engine.</summary>
public class ContainerResource(string name, string? entrypoint = null) : Resource(name), IResourceWithEnvironment,
    IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    public string? Entrypoint { get; set; } = entrypoint;
}

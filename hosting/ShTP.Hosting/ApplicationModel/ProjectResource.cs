namespace Aspire.Hosting.ApplicationModel;

public class ProjectResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithArgs,
    IResourceWithServiceDiscovery, IResourceWithWaitSupport;

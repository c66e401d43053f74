namespace Aspire.Hosting.ApplicationModel;

/// <summary>All resources of the application.</summary>
public class DistributedApplicationModel
{
    public DistributedApplicationModel(IResourceCollection resources) => Resources = resources;

    public IResourceCollection Resources { get; }
}

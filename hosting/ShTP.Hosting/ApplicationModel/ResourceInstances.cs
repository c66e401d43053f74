namespace Aspire.Hosting.ApplicationModel;

internal static class ResourceInstances
{
    /// <summary>One id per instance; a resource that no process stands behind has its name.</summary>
    public static IReadOnlyList<string> InstanceIds(this IResource resource) =>
        resource.Annotations.OfType<InstancesAnnotation>().LastOrDefault()?.Ids ?? [resource.Name];

    public static int Replicas(this IResource resource) =>
        resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;

    public static IEnumerable<EndpointAnnotation> Endpoints(this IResource resource) =>
        resource.Annotations.OfType<EndpointAnnotation>();

    /// <summary>The resource and what it is part of.</summary>
    public static IEnumerable<IResource> SelfAndAncestors(this IResource resource)
    {
        for (IResource? current = resource; current is not null; current = (current as IResourceWithParent)?.Parent)
            yield return current;
    }
}

using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>The order that wait annotations give: what waits starts later and stops earlier.</summary>
internal static class WaitOrder
{
    /// <summary>Everything is gone a second before the host's limit of ten.</summary>
    private static readonly TimeSpan TotalLimit = TimeSpan.FromSeconds(9);

    /// <exception cref="DistributedApplicationException">Resources wait for each other in a circle; the message names them.</exception>
    public static void ThrowOnCycle(DistributedApplicationModel model)
    {
        var done = new HashSet<IResource>();
        foreach (var resource in model.Resources)
            Visit(resource, []);

        void Visit(IResource resource, List<IResource> path)
        {
            if (path.Contains(resource))
                throw new DistributedApplicationException("Resources wait for each other in a circle: " +
                    string.Join(" -> ", path.SkipWhile(r => r != resource).Append(resource).Select(r => r.Name)));
            if (done.Contains(resource))
                return;
            foreach (var needed in Needs(resource))
                Visit(needed, [.. path, resource]);
            done.Add(resource);
        }
    }

    public static async Task StopAsync(IReadOnlyList<ResourceInstance> instances, CancellationToken cancellationToken)
    {
        var resources = instances.Select(i => i.Resource).Distinct().ToArray();
        var depth = Math.Max(1, resources.Select(Depth).DefaultIfEmpty().Max());
        var limit = TotalLimit / depth < ResourceInstance.StopLimit ? TotalLimit / depth : ResourceInstance.StopLimit;
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(resources.Select(Stop));

        Task Stop(IResource resource)
        {
            if (!stops.TryGetValue(resource, out var stop))
                stops[resource] = stop = StopOneAsync(resource);
            return stop;
        }

        async Task StopOneAsync(IResource resource)
        {
            await Task.WhenAll(resources.Where(r => r != resource && Needs(r).Contains(resource)).Select(Stop));
            await Task.WhenAll(instances.Where(i => i.Resource == resource)
                .Select(i => i.StopAsync(cancellationToken.IsCancellationRequested ? TimeSpan.Zero : limit)));
        }
    }

    private static int Depth(IResource resource) => 1 + Needs(resource).Select(Depth).DefaultIfEmpty().Max();

    /// <summary>What the resource waits for, and what that is part of.</summary>
    private static IEnumerable<IResource> Needs(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>().SelectMany(w => w.Resource.SelfAndAncestors()).Distinct();
}

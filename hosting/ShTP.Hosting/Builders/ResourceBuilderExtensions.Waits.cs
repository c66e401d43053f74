using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Starts the resource only when the other runs, is healthy and has handled its ready event.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.Wait(dependency.Resource, WaitType.WaitUntilHealthy);

    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency,
        WaitBehavior waitBehavior) where T : IResourceWithWaitSupport =>
        builder.Wait(dependency.Resource, WaitType.WaitUntilHealthy, waitBehavior);

    /// <summary>Starts the resource only when the other runs.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.Wait(dependency.Resource, WaitType.WaitUntilStarted);

    /// <summary>Starts the resource only when the other has ended with that exit code.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder,
        IResourceBuilder<IResource> dependency, int exitCode = 0) where T : IResourceWithWaitSupport =>
        builder.Wait(dependency.Resource, WaitType.WaitForCompletion, exitCode: exitCode);

    /// <summary>Leaves the resource stopped until its start command.</summary>
    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder) where T : IResource =>
        builder.WithAnnotation(new ExplicitStartupAnnotation(), ResourceAnnotationMutationBehavior.Replace);

    private static IResourceBuilder<T> Wait<T>(this IResourceBuilder<T> builder, IResource dependency, WaitType type,
        WaitBehavior? behavior = null, int exitCode = 0) where T : IResourceWithWaitSupport
    {
        if (dependency.SelfAndAncestors().Contains(builder.Resource))
            throw new DistributedApplicationException($"The '{builder.Resource.Name}' resource cannot wait for itself" +
                (dependency == (IResource)builder.Resource ? "." : $", which its child '{dependency.Name}' means too."));
        // What a child needs is up before the child is.
        if (type != WaitType.WaitForCompletion && dependency is IResourceWithParent child)
            builder.Wait(child.Parent, type, behavior);
        return builder.WithAnnotation(new WaitAnnotation(dependency, type, exitCode) { WaitBehavior = behavior });
    }
}

using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A project that the AppHost references; the build writes one class per reference.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }

    LaunchSettings? LaunchSettings => null;

    bool SuppressBuild => false;
}

using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Projects;

/// <summary>How the built project is started; the target is null when the build noted none.</summary>
internal sealed record ProjectLaunchAnnotation(string? TargetPath, string? CommandLineArgs) : IResourceAnnotation;

using System.Reflection;

namespace Aspire.Hosting.Orchestration;

/// <summary>What the build notes in an assembly that has a Projects namespace (ShTP.Hosting.targets).</summary>
internal static class AppHostMetadata
{
    private const string ProjectDirectoryKey = "apphostprojectpath";
    private const string ProjectTargetPrefix = "shtp-project-target:";

    public static string? ProjectDirectory(Assembly? assembly) => Value(assembly, ProjectDirectoryKey);

    /// <summary>The file that the build of a referenced project writes.</summary>
    public static string? ProjectTarget(Assembly assembly, string projectPath) =>
        Value(assembly, ProjectTargetPrefix + projectPath);

    private static string? Value(Assembly? assembly, string key) =>
        assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;
}

using System.Reflection;

namespace ShTP.Distributed.Tests;

/// <summary>Files of the repository that tests use as they are.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(
        Assembly.Load("ShTP.AppHost").GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "apphostprojectpath").Value!))!;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);
}

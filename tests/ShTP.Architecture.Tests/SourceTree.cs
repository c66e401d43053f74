using ShTP.Testing;

namespace ShTP.Architecture.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class SourceTree
{
    private static readonly string[] NotSource = ["artifacts", "node_modules"];

    public static string Root => Repository.Root;

    /// <summary>All C# files that people write.</summary>
    public static IEnumerable<string> Files =>
        Directory.EnumerateDirectories(Root)
            .Where(folder => !NotSource.Contains(Path.GetFileName(folder)) && !Path.GetFileName(folder).StartsWith('.'))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories));
}

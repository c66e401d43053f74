namespace ShTP.Gateway.Tests;

internal static class Repository
{
    private static readonly Lazy<string> Root = new(() =>
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "ShTP.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("ShTP.sln is in no folder above the tests.");
        return folder.FullName;
    });

    /// <summary>The absolute path of a file of the repository.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root.Value, .. parts]);
}

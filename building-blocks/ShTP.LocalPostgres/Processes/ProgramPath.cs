namespace ShTP.LocalPostgres.Processes;

internal static class ProgramPath
{
    private static readonly string[] Suffixes = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];

    /// <summary>The full path of a program on the PATH, or null.</summary>
    public static string? Find(string name) => FindAll(name).FirstOrDefault();

    public static IEnumerable<string> FindAll(string name) =>
        from directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        where Path.IsPathFullyQualified(directory)
        from suffix in Suffixes
        let file = Path.Combine(directory, name + suffix)
        where File.Exists(file)
        select file;
}

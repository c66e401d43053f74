using ShTP.LocalPostgres.Processes;

namespace ShTP.LocalPostgres.Binaries;

/// <summary>Usual locations of PostgreSQL on operating systems.</summary>
internal static class InstalledPostgres
{
    private static readonly string[] ServerPrograms = ["postgres", "pg_ctl", "initdb"];

    /// <summary>Candidates in order: the PATH, then known layouts, highest version first.</summary>
    public static IEnumerable<string> Directories() => Directories(ServerPrograms);

    /// <summary>The same for other programs.</summary>
    public static IEnumerable<string> Directories(params string[] programs) =>
        OnPath(programs).Concat(Layouts()).Distinct();

    private static IEnumerable<string> OnPath(string[] programs)
    {
        foreach (var program in programs)
            foreach (var file in ProgramPath.FindAll(program))
            {
                // A link such as /usr/local/bin/pg_ctl leads to the directory that has all of them.
                if (File.ResolveLinkTarget(file, returnFinalTarget: true) is { Exists: true } target)
                    yield return Path.GetDirectoryName(target.FullName)!;
                else if (ScriptTarget(file, program) is { } behindScript)
                    yield return Path.GetDirectoryName(behindScript)!;
                else
                    yield return Path.GetDirectoryName(file)!;
            }
    }

    /// <summary>A wrapper script such as <c>exec /opt/pgsql/bin/pg_ctl "$@"</c> names the program it runs.</summary>
    private static string? ScriptTarget(string file, string program)
    {
        using var reader = new StreamReader(file);
        var magic = new char[2];
        if (reader.Read(magic, 0, 2) < 2 || magic is not ['#', '!'])
            return null;
        return reader.ReadToEnd().Split([' ', '\t', '\n', '"', '\'', '='], StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(word => Path.IsPathFullyQualified(word) && Path.GetFileName(word) == program &&
                word != file && File.Exists(word));
    }

    private static IEnumerable<string> Layouts()
    {
        if (OperatingSystem.IsWindows())
            return Versions(Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*", "bin");
        if (OperatingSystem.IsMacOS())
            return [
                .. Versions("/opt/homebrew/opt", "postgresql@*", "bin"),
                .. Versions("/usr/local/opt", "postgresql@*", "bin"),
                .. Versions("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
                .. Versions("/Library/PostgreSQL", "*", "bin")];
        return [
            .. Versions("/usr/lib/postgresql", "*", "bin"),
            .. Versions("/usr", "pgsql-*", "bin"),
            .. Versions("/usr/libexec", "postgresql*", ""),
            .. Versions("/home/linuxbrew/.linuxbrew/opt", "postgresql@*", "bin"),
            "/usr/lib/postgresql/bin"];
    }

    private static IEnumerable<string> Versions(string parent, string pattern, string below) =>
        Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, pattern).OrderByDescending(Version)
                .Select(directory => Path.Combine(directory, below))
            : [];

    private static int Version(string directory)
    {
        var digits = Path.GetFileName(directory).SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit);
        return int.TryParse(string.Concat(digits), out var version) ? version : 0;
    }
}

using System.Text.RegularExpressions;
using ShTP.LocalPostgres.Binaries;
using ShTP.LocalPostgres.Processes;

namespace ShTP.LocalPostgres;

/// <summary>PostgreSQL's own programs for dumps, of one version, wherever the server is.</summary>
public sealed partial record ClientPrograms
{
    private const string Dump = "pg_dump";
    private const string Restore = "pg_restore";

    private ClientPrograms(string directory, int majorVersion)
    {
        (Directory, MajorVersion) = (directory, majorVersion);
        (PgDump, PgRestore) = (Executable(directory, Dump), Executable(directory, Restore));
    }

    /// <summary>The folder that has them.</summary>
    public string Directory { get; }

    /// <summary>Such as 17. They work with servers and dumps up to this version.</summary>
    public int MajorVersion { get; }

    /// <summary>The path of <c>pg_dump</c>.</summary>
    public string PgDump { get; }

    /// <summary>The path of <c>pg_restore</c>.</summary>
    public string PgRestore { get; }

    /// <summary>
    /// Those of the folder when one is given, otherwise the first on the PATH or in a usual folder of this operating system
    /// whose version suffices.
    /// </summary>
    /// <param name="folder">The folder; null to look for them.</param>
    /// <param name="atLeast">The major version that the server or the dump has.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="LocalPostgresException">None are there, or only older ones.</exception>
    public static async Task<ClientPrograms> FindAsync(string? folder, int atLeast, CancellationToken cancellationToken)
    {
        var found = new List<ClientPrograms>();
        foreach (var directory in folder is null ? InstalledPostgres.Directories(Dump, Restore) : [Path.GetFullPath(folder)])
        {
            if (await ExamineAsync(directory, cancellationToken) is not { } programs)
                continue;
            if (programs.MajorVersion >= atLeast)
                return programs;
            found.Add(programs);
        }

        var where = folder is null ? "on this machine" : $"in {folder}";
        throw new LocalPostgresException(found.Count == 0
            ? $"There are no {Dump} and {Restore} {where}. Install PostgreSQL's client programs (Debian: apt install postgresql-client), or set the folder that has them."
            : $"{Dump} and {Restore} of PostgreSQL {atLeast} or newer are needed, and those {where} are of PostgreSQL {string.Join(", ", found.Select(one => one.MajorVersion))}.");
    }

    private static async Task<ClientPrograms?> ExamineAsync(string directory, CancellationToken cancellationToken)
    {
        if (!File.Exists(Executable(directory, Dump)) || !File.Exists(Executable(directory, Restore)))
            return null;
        var (exitCode, output) = await Command.TryRunAsync(Executable(directory, Dump), ["--version"], account: null, cancellationToken);
        // pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)
        var version = VersionPattern().Match(output);
        return exitCode == 0 && version.Success ? new ClientPrograms(directory, int.Parse(version.Groups[1].ValueSpan)) : null;
    }

    private static string Executable(string directory, string name) => Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionPattern();
}

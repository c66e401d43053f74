using System.Text.RegularExpressions;
using ShTP.LocalPostgres.Processes;

namespace ShTP.LocalPostgres.Binaries;

/// <summary>A directory with <c>initdb</c> and <c>postgres</c> of one version.</summary>
internal sealed partial record PostgresBinaries(string Directory, int MajorVersion)
{
    public const string SettingVariable = "SHTP_POSTGRES";
    public const string Npm = "npm";

    public string Initdb => Executable(Directory, "initdb");

    public string Postgres => Executable(Directory, "postgres");

    /// <summary>
    /// The setting if there is one, else the first usable installation, else the npm package.
    /// <paramref name="dataVersion"/> is the major version that existing data needs.
    /// </summary>
    public static async Task<PostgresBinaries> FindAsync(string? setting, int? dataVersion, ServerAccount? account,
        CancellationToken cancellationToken)
    {
        setting ??= Environment.GetEnvironmentVariable(SettingVariable);
        if (string.IsNullOrWhiteSpace(setting))
            return await InstalledAsync(dataVersion, account, cancellationToken)
                ?? await NpmPostgres.GetAsync(dataVersion, account, cancellationToken);
        if (setting == Npm)
            return await NpmPostgres.GetAsync(dataVersion, account, cancellationToken);

        var set = await ExamineAsync(Path.GetFullPath(setting), account, cancellationToken)
            ?? throw new LocalPostgresException(
                $"{SettingVariable} (or the setting of the program) says {setting}, but initdb and postgres are not there" +
                (account is null ? "." : $", or the user {account.Name} cannot run them."));
        return dataVersion is null || set.MajorVersion == dataVersion
            ? set
            : throw new LocalPostgresException(
                $"The existing data was written by PostgreSQL {dataVersion}, and {setting} is PostgreSQL {set.MajorVersion}.");
    }

    /// <summary>Null when the directory has no binaries that the account can run.</summary>
    public static async Task<PostgresBinaries?> ExamineAsync(string directory, ServerAccount? account,
        CancellationToken cancellationToken)
    {
        var postgres = Executable(directory, "postgres");
        if (!File.Exists(postgres) || !File.Exists(Executable(directory, "initdb")))
            return null;
        var (exitCode, output) = await Command.TryRunAsync(postgres, ["--version"], account, cancellationToken);
        // postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)
        var version = VersionPattern().Match(output);
        return exitCode == 0 && version.Success
            ? new PostgresBinaries(directory, int.Parse(version.Groups[1].ValueSpan))
            : null;
    }

    private static async Task<PostgresBinaries?> InstalledAsync(int? dataVersion, ServerAccount? account,
        CancellationToken cancellationToken)
    {
        foreach (var directory in InstalledPostgres.Directories())
        {
            var found = await ExamineAsync(directory, account, cancellationToken);
            if (found is not null && (dataVersion ?? found.MajorVersion) == found.MajorVersion)
                return found;
        }
        return null;
    }

    private static string Executable(string directory, string name) =>
        Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionPattern();
}

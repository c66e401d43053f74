using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.AppHost;

/// <summary>Finds options of a start that no code reads.</summary>
internal static class AppHostSettings
{
    public const string Dashboard = "dashboard";
    public const string Students = "demo:students";
    public const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const int MaxStudents = 1000;
    private const int MaxErrors = 2;

    private static readonly string[] Options = ["port", "Data", "demo", "OnFailure", "CrashRestart", Dashboard];

    private static readonly KnownSetting[] Known =
    [
        new("Postgres:Server", typeof(string), IsWhole: true), new("Postgres:Binaries", typeof(string), IsWhole: true),
        new(BackupPrograms.Folder, typeof(string), IsWhole: true), new(BackupPrograms.RestoreFrom, typeof(string), IsWhole: true),
        new("Backup:Every", typeof(TimeSpan), IsWhole: true), new("Backup:Keep", typeof(int), IsWhole: true), new("Backup:At", typeof(string), IsWhole: true),
        new("Backup:PublicKey", typeof(string), IsWhole: true), new("Backup:PrivateKey", typeof(string), IsWhole: true),
        new("demo", typeof(string), IsWhole: true), new(Students, typeof(int), IsWhole: true),
    ];

    /// <summary>Settings that are misspelt or whose values cannot be read.</summary>
    public static IEnumerable<string> FindFaults(IConfiguration configuration)
    {
        foreach (var fault in SettingsCheck.FindFaults(configuration, Known))
            yield return fault;
        // Others are of .NET and Aspire, and those of the environment of anybody.
        foreach (var option in KeysOf<CommandLineConfigurationProvider>(configuration, null).Where(key => !Options.Contains(key, StringComparer.OrdinalIgnoreCase)))
        {
            if (Spelling.Nearest(option, Options, MaxErrors) is { } meant)
                yield return $"--{option} is not an option; did you mean --{meant}?";
        }

        if (int.TryParse(configuration[Students], out var students) && students is < 1 or > MaxStudents)
            yield return $"--{Students}={students}: it is a number from 1 to {MaxStudents}.";
        if (configuration[BackupPrograms.Folder] is { Length: > 0 } backups && File.Exists(Path.GetFullPath(backups)))
            yield return $"{BackupPrograms.Folder} is '{backups}', which is a file; it must be a folder.";
        if (configuration[BackupPrograms.RestoreFrom] is { Length: > 0 } from && !Directory.Exists(Path.GetFullPath(from)))
            yield return $"{BackupPrograms.RestoreFrom}: there is no folder '{from}'.";
        if (configuration[Collector] is { Length: > 0 } collector && !(Uri.TryCreate(collector, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            yield return $"{Collector} is '{collector}'; it must be an http or https URL.";
    }

    /// <summary>Whether all given parameters exist. Each that does not is written as a line; stored ones of earlier versions do no harm.</summary>
    public static bool KnowsParameters(IDistributedApplicationBuilder builder, TextWriter errors)
    {
        const string section = "Parameters";
        var known = builder.Resources.OfType<ParameterResource>().Select(parameter => parameter.Name).ToList();
        var given = KeysOf<CommandLineConfigurationProvider>(builder.Configuration, section).Concat(KeysOf<EnvironmentVariablesConfigurationProvider>(builder.Configuration, section));
        var unknown = given.Where(name => !known.Contains(name.Replace('_', '-'), StringComparer.OrdinalIgnoreCase)).ToList();
        foreach (var name in unknown)
        {
            var meant = Spelling.Nearest(name, known, Math.Max(MaxErrors, name.Length / 4));
            errors.WriteLine($"{section}:{name} is not a setting{(meant is null ? "." : $"; did you mean {section}:{meant}?")}");
        }

        return unknown.Count == 0;
    }

    private static IEnumerable<string> KeysOf<TProvider>(IConfiguration configuration, string? section)
        where TProvider : IConfigurationProvider =>
        configuration is IConfigurationRoot root ? root.Providers.OfType<TProvider>().SelectMany(provider => provider.GetChildKeys([], section)).Distinct() : [];
}

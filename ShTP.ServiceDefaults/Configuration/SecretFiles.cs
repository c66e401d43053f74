using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>
/// Settings from a folder with one file for each, as engines of containers hand secrets over: the name is the key with
/// <c>__</c> for <c>:</c>, the content is the value.
/// </summary>
public static class SecretFiles
{
    /// <summary>The setting that names the folder. Without it no file is read.</summary>
    public const string Setting = "Secrets:Directory";

    private const int MaxBytes = 64 * 1024;
    private const int MaxFiles = 1000;

    /// <summary>Adds the files below environment variables and arguments; the result lists what is wrong with them.</summary>
    public static IReadOnlyList<string> Add<TBuilder>(TBuilder builder)
        where TBuilder : IConfigurationBuilder, IConfiguration => Add(builder, builder);

    /// <summary>The same for a builder that has no values yet, with those of <paramref name="configuration"/>.</summary>
    public static IReadOnlyList<string> Add(IConfigurationBuilder builder, IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } folder)
            return [];
        folder = Path.GetFullPath(folder);
        if (!Directory.Exists(folder))
            return [$"{Setting}: there is no folder '{folder}'."];
        var faults = FindUnreadable(folder, out var readable);
        var source = new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(folder), IgnoreCondition = name => !readable.Contains(name) };
        var sources = builder.Sources;
        var place = sources.Count;
        for (var i = 0; i < sources.Count && place == sources.Count; i++)
        {
            if (sources[i] is EnvironmentVariablesConfigurationSource { Prefix: null or "" })
                place = i;
        }

        sources.Insert(place, source);
        return faults;
    }

    private static List<string> FindUnreadable(string folder, out HashSet<string> readable)
    {
        var faults = new List<string>();
        readable = [];
        try
        {
            // Kubernetes keeps the files behind links in folders whose names begin with a dot.
            var files = new DirectoryInfo(folder).EnumerateFiles().Where(file => !file.Name.StartsWith('.')).Take(MaxFiles + 1).ToList();
            if (files.Count > MaxFiles)
                return [$"{Setting}: '{folder}' has more than {MaxFiles} files."];
            foreach (var file in files)
            {
                if (FindFault(file) is { } fault)
                    faults.Add(fault);
                else
                    readable.Add(file.Name);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{Setting}: '{folder}' cannot be read: {refused.Message}");
        }

        return faults;
    }

    private static string? FindFault(FileInfo file)
    {
        try
        {
            // Opened, because its length is that of what a link leads to.
            using var content = file.OpenRead();
            return content.Length > MaxBytes ? $"{Setting}: '{file.FullName}' is larger than {MaxBytes} bytes." : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"{Setting}: '{file.FullName}' cannot be read: {refused.Message}";
        }
    }
}

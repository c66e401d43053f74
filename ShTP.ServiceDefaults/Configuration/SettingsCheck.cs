using Microsoft.Extensions.Configuration;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Finds settings that no code reads, and values that cannot be read.</summary>
internal static class SettingsCheck
{
    // Of all processes, so that one file or environment can be shared by several.
    private static readonly string[] Roots =
    [
        "Gateway", "School", "Auth", "FirstAdmin", "Files", "Events", "Assignments", "Checker", "Outbox", "Database", "Revocations", "Server", "ServiceIdentity",
        "Import", "Demo", "Backup", "Secrets", "ConnectionStrings", "services", "Kestrel", "Logging",
    ];

    /// <summary>The faults, each with its key.</summary>
    public static IEnumerable<string> FindFaults(IConfiguration configuration, IReadOnlyCollection<KnownSetting> known)
    {
        foreach (var fault in FindMisspeltSections(configuration))
            yield return fault;
        foreach (var root in known.Where(setting => setting.IsWhole).Select(setting => setting.Root).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            foreach (var fault in Entries(configuration, root).Select(entry => FindFault(entry.Key, entry.Value, known)).OfType<string>())
                yield return fault;
        }

        // Those of sections that belong to another process too.
        foreach (var setting in known.Where(setting => !setting.IsWhole))
        {
            foreach (var fault in Entries(configuration, setting.Root).Where(entry => setting.Matches(entry.Key)).Select(entry => FindFault(entry.Key, entry.Value, known)).OfType<string>())
                yield return fault;
        }
    }

    /// <summary>A section without the values that cannot be read, whose faults are listed by <see cref="FindFaults"/>.</summary>
    public static IConfiguration ReadableSection(IConfiguration configuration, string section, Type options)
    {
        var known = KnownSetting.Of(section, options).ToList();
        var entries = Entries(configuration, section).Where(entry => known.Find(setting => setting.Matches(entry.Key))?.FindFault(entry.Value!) is null);
        return new ConfigurationBuilder().AddInMemoryCollection(entries).Build().GetSection(section);
    }

    private static IEnumerable<string> FindMisspeltSections(IConfiguration configuration)
    {
        foreach (var section in configuration.GetChildren().Where(section => section.GetChildren().Any() && !Roots.Contains(section.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (Spelling.Nearest(section.Key, Roots, most: section.Key.Length > 5 ? 2 : 1) is { } meant)
                yield return $"{section.Key} is not a section of settings; did you mean {meant}?";
        }
    }

    private static string? FindFault(string key, string? value, IReadOnlyCollection<KnownSetting> known)
    {
        if (known.FirstOrDefault(setting => setting.Matches(key)) is { } found)
            return found.FindFault(value!) is { } fault ? $"{key} is '{value}'; {fault}." : null;
        if (known.FirstOrDefault(setting => setting.IsBelow(key)) is { } below)
            return value!.Length == 0 ? null : $"{key} has no value of its own; its settings are {below.NamedLike(key)} and the like.";
        var meant = Spelling.Nearest(key, known.Select(setting => setting.NamedLike(key)).Distinct(), most: Math.Max(2, key.Length / 4));
        return meant is null ? $"{key} is not a setting." : $"{key} is not a setting; did you mean {meant}?";
    }

    private static IEnumerable<KeyValuePair<string, string?>> Entries(IConfiguration configuration, string section) =>
        configuration.GetSection(section).AsEnumerable().Where(entry => entry.Value is not null);
}

using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Resources;

namespace ShTP.Localization;

/// <summary>The translations in the satellite assemblies of the program's own projects, together for each language.</summary>
internal static class Translations
{
    private const string Ours = "ShTP.";

    private static readonly ConcurrentDictionary<CultureInfo, FrozenDictionary<string, string>> Read = new();

    public static FrozenDictionary<string, string> Of(CultureInfo language) => Read.GetOrAdd(language, ReadAll);

    private static FrozenDictionary<string, string> ReadAll(CultureInfo language)
    {
        var all = new Dictionary<string, string>();
        foreach (var assembly in FindAssemblies())
        {
            var resources = new ResourceManager($"{assembly.GetName().Name}.Texts", assembly);
            // Without its own set a language would get that of its parent.
            if (resources.GetResourceSet(language, createIfNotExists: true, tryParents: false) is not { } texts)
                continue;
            foreach (DictionaryEntry text in texts)
                all.TryAdd((string)text.Key, (string)text.Value!);
        }

        return all.ToFrozenDictionary();
    }

    // By reference and not by what happens to be loaded already.
    private static HashSet<Assembly> FindAssemblies()
    {
        var found = new HashSet<Assembly>();
        var open = new Stack<Assembly>([Assembly.GetEntryAssembly()!, typeof(Translations).Assembly]);
        while (open.TryPop(out var assembly))
        {
            if (!found.Add(assembly))
                continue;
            foreach (var reference in assembly.GetReferencedAssemblies().Where(name => name.Name!.StartsWith(Ours, StringComparison.Ordinal)))
                open.Push(Assembly.Load(reference));
        }

        return found;
    }
}

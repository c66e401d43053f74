using System.Globalization;

namespace ShTP.Gateway.Limits;

/// <summary>How many files, and so connections, the process may have open.</summary>
internal static class OpenFiles
{
    private const string Limits = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <summary>The limit; null where there is none or the system does not tell. .NET has raised it as far as it may.</summary>
    public static int? FindLimit() => File.Exists(Limits) ? Read(File.ReadLines(Limits)) : null;

    /// <summary>The soft limit of the lines of <c>/proc/self/limits</c>.</summary>
    internal static int? Read(IEnumerable<string> lines) => lines.FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal)) is { } found
        && int.TryParse(found[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out var limit)
            ? limit
            : null;
}

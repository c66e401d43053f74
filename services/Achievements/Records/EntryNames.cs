using System.Globalization;

namespace ShTP.Achievements.Records;

/// <summary>Unique and portable file names within an archive, derived from the students' file names.</summary>
internal sealed class EntryNames
{
    private const int MaxLength = 100;

    // Windows reserves these names, with any extension.
    private static readonly HashSet<string> Devices = new(
        ["con", "prn", "aux", "nul", .. Enumerable.Range(1, 9).SelectMany(i => new[] { $"com{i}", $"lpt{i}" })], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase) { "achievements.md" };

    /// <summary>The next name. Its extension is that of the stored file, which fits the content.</summary>
    public string Next(string originalName, string storedName)
    {
        var extension = Path.GetExtension(storedName);
        var stem = Clean(Path.GetFileNameWithoutExtension(originalName.Replace('\\', '/')));
        var name = stem + extension;
        for (var i = 2; !_taken.Add(name); i++)
            name = string.Create(CultureInfo.InvariantCulture, $"{stem} ({i}){extension}");
        return name;
    }

    private static string Clean(string stem)
    {
        var safe = new string([.. stem.Select(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' ? c : '_').Take(MaxLength)]).Trim(' ', '_');
        return safe.Length == 0 || Devices.Contains(safe) ? "file" : safe;
    }
}

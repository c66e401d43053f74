namespace ShTP.Import.Uploads;

/// <summary>The files of the old system, found by plain names in their folder.</summary>
internal sealed class UploadFolder(string root)
{
    public const string Avatars = "avatars";
    public const string Achievements = "achievements";
    public const string Sources = "tasks_source_codes";

    private const int MaxNameLength = 255;

    /// <summary>A missing folder is a fault of the configuration, not of every row.</summary>
    public static IEnumerable<string> FindFaults(string root)
    {
        if (root.Length == 0)
            return ["Import:Uploads is not set; it must be the folder with the old system's uploads."];
        return ((string[])[Avatars, Achievements, Sources]).Select(folder => Path.Combine(root, folder)).Where(path => !Directory.Exists(path))
            .Select(path => $"Import:Uploads: there is no folder {path}.");
    }

    /// <summary>The file, or the reason why there is none.</summary>
    public (FileInfo? File, string? Fault) Find(string folder, string name)
    {
        // A name with a path could lead out of the folder.
        if (name.Length is 0 or > MaxNameLength || name is "." or ".." || name.Any(c => c is '/' or '\\' || char.IsControl(c)))
            return (null, $"'{OldDatabase.OldRow.Short(name)}' is no name of a file");
        var file = new FileInfo(Path.Combine(root, folder, name));
        if (file.LinkTarget is not null)
            return (null, $"'{name}' is a link");
        if (!file.Exists)
            return (null, $"there is no file '{name}'");
        return file.Length == 0 ? (null, $"'{name}' is empty") : (file, null);
    }
}

namespace ShTP.Checker.Repositories;

/// <summary>Finds the file of a task in a repository.</summary>
internal static class RepositoryFiles
{
    private const string GitFolder = ".git";
    private const int MaxNamed = 3;

    /// <summary>
    /// Finds the file in the root, or else in any other folder when there is only one. Case is ignored, as on students'
    /// own machines, unless two files differ only in case.
    /// </summary>
    /// <exception cref="RepositoryRefusedException">The file does not exist, or several files match.</exception>
    public static FileInfo Find(string folder, string name)
    {
        var root = new DirectoryInfo(folder);
        var options = new EnumerationOptions { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = FileAttributes.ReparsePoint };
        var found = root.EnumerateFiles("*", options)
            .Where(file => file.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(file => (File: file, Path: Path.GetRelativePath(folder, file.FullName)))
            .Where(file => !file.Path.StartsWith(GitFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .ToList();
        if (found.Count == 0)
            throw new RepositoryRefusedException($"The repository has no file {name}, neither in its root nor in another folder.");
        var inRoot = found.Where(file => file.Path == file.File.Name).ToList();
        var candidates = inRoot.Count > 0 ? inRoot : found;
        var exact = candidates.Where(file => file.File.Name == name).ToList();
        if (exact.Count > 0)
            candidates = exact;
        return candidates is [var only]
            ? only.File
            : throw new RepositoryRefusedException($"The repository has {candidates.Count} files {name}: {string.Join(", ", candidates.Select(file => file.Path).Order(StringComparer.Ordinal).Take(MaxNamed))}. Leave one.");
    }
}

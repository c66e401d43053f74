namespace ShTP.Checker.Sandboxing;

/// <summary>Finds the strongest isolation that works on this machine.</summary>
internal static class SandboxDetection
{
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["bwrap"] = "bubblewrap",
        ["setpriv"] = "util-linux",
        ["prlimit"] = "util-linux",
        ["nice"] = "coreutils",
    };

    /// <summary>The sandbox, or the reason why there is none.</summary>
    public static async Task<(Sandbox? Sandbox, IReadOnlyList<string> Faults)> DetectAsync(
        CheckerFolder folder, CheckerOptions options, CancellationToken cancellationToken = default)
    {
        if (!OperatingSystem.IsLinux())
            return (null, ["The sandbox needs Linux."]);
        var missing = BubblewrapArguments.Tools.Where(tool => !File.Exists(tool))
            .Select(tool => $"{tool} is missing: install the package {Packages[Path.GetFileName(tool)]}.").ToList();
        if (!Directory.Exists(BubblewrapArguments.LocaleFolder))
            missing.Add($"The locale {BubblewrapArguments.Locale} is missing from {BubblewrapArguments.LocaleFolder}: install the package libc-bin.");
        if (missing.Count > 0)
            return (null, missing);

        IResourceMeters meters = (IResourceMeters?)ControlGroupsV2.Detect() ?? (IResourceMeters?)ControlGroupsV1.Detect() ?? new ProcessPolling();
        var faults = new List<string>();
        foreach (var mode in Modes(Environment.IsPrivilegedProcess))
        {
            var (sandbox, fault) = await TryAsync(mode, meters, folder, options, cancellationToken);
            if (sandbox is not null)
                return (sandbox, []);
            faults.Add($"{mode}: {fault}");
        }

        return (null, faults);
    }

    /// <summary>A sandbox of one mode, or the reason why the mode does not work here.</summary>
    public static async Task<(Sandbox? Sandbox, string? Fault)> TryAsync(
        SandboxMode mode, IResourceMeters meters, CheckerFolder folder, CheckerOptions options, CancellationToken cancellationToken = default)
    {
        // The kernel limits processes per user, but not for root. Programs must not run as root's own user.
        if (mode == SandboxMode.SameUserInNamespace && Environment.IsPrivilegedProcess)
            return (null, "Root does not run programs as itself.");
        await File.WriteAllBytesAsync(folder.FilterPath, SeccompFilter.Build(givesUpRights: mode == SandboxMode.OwnUser, boundsSharedMemory: !meters.BoundMemory), cancellationToken);
        var sandbox = new Sandbox(new SandboxHost(mode, meters, folder, options.FirstUser));
        var limits = new SandboxLimits(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20), 64 * SandboxLimits.Mebibyte);
        try
        {
            var result = await sandbox.RunAsync(new SandboxCommand(["/usr/bin/prlimit", "--version"], [], limits), cancellationToken);
            return result.Succeeded ? (sandbox, null) : (null, System.Text.Encoding.UTF8.GetString(result.Error).Trim());
        }
        catch (SandboxException failed)
        {
            return (null, failed.Message);
        }
    }

    private static SandboxMode[] Modes(bool isRoot) =>
        isRoot ? [SandboxMode.OwnUserInNamespace, SandboxMode.OwnUser] : [SandboxMode.SameUserInNamespace];
}

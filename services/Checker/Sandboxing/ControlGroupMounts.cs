namespace ShTP.Checker.Sandboxing;

/// <summary>Finds the control groups of this process in /proc.</summary>
internal static class ControlGroupMounts
{
    /// <summary>The folder of our own group in the version 1 hierarchy of <paramref name="controller"/>, or null.</summary>
    public static string? FindV1(string controller) => Find(
        line => line.Kind == "cgroup" && line.Options.Contains(controller),
        group => group[1].Split(',').Contains(controller));

    /// <summary>The folder of our own group in the version 2 hierarchy, or null.</summary>
    public static string? FindV2() => Find(line => line.Kind == "cgroup2", group => group[0] == "0" && group[1].Length == 0);

    private static string? Find(Func<MountLine, bool> isMount, Func<string[], bool> isGroup)
    {
        if (!File.Exists("/proc/self/mountinfo") || !File.Exists("/proc/self/cgroup"))
            return null;
        var mount = File.ReadLines("/proc/self/mountinfo").Select(MountLine.Parse).FirstOrDefault(isMount);
        var group = File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)).FirstOrDefault(isGroup);
        if (mount is null || group is null)
            return null;

        // In a container the mount often starts at the container's own group.
        var path = group[2].StartsWith(mount.Root, StringComparison.Ordinal) ? group[2][mount.Root.Length..] : group[2];
        var own = Path.Join(mount.Folder, path).TrimEnd('/');
        return Directory.Exists(own) ? own : mount.Folder;
    }

    private sealed record MountLine(string Root, string Folder, string Kind, string[] Options)
    {
        // 36 35 98:0 /root /folder rw,noatime - kind source options
        public static MountLine Parse(string line)
        {
            var halves = line.Split(" - ", 2);
            var mount = halves[0].Split(' ');
            var kind = halves[^1].Split(' ');
            return new MountLine(mount[3], mount[4], kind[0], kind[^1].Split(','));
        }
    }
}

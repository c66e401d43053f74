namespace ShTP.Checker.Sandboxing;

/// <summary>Control groups of version 2: one hierarchy for everything.</summary>
internal sealed class ControlGroupsV2 : IResourceMeters
{
    private const long OwnMemory = 2 * SandboxLimits.Mebibyte;
    private const int OwnProcesses = 3;
    private const string Controllers = "+memory +pids";

    private readonly string _parent;

    internal ControlGroupsV2(string parent) => _parent = parent;

    public string Name => "control groups v2";

    public IReadOnlyList<string> Weaknesses => [];

    /// <summary>Null when there are none that this process can write, or none with memory and processes.</summary>
    public static ControlGroupsV2? Detect()
    {
        if (ControlGroupMounts.FindV2() is not { } own || !Offers(own, "cgroup.controllers") || !ControlGroup.IsUsable(own))
            return null;
        try
        {
            Enable(own);
            return new ControlGroupsV2(own);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool BoundMemory => true;

    public IResourceMeter Create(SandboxLimits limits)
    {
        var folder = Path.Join(_parent, ControlGroup.NewName());
        Directory.CreateDirectory(folder);
        ControlGroup.Write(folder, "memory.max", $"{limits.MemoryBytes + OwnMemory}");
        ControlGroup.TryWrite(folder, "memory.swap.max", "0");
        ControlGroup.TryWrite(folder, "memory.oom.group", "1");
        ControlGroup.Write(folder, "pids.max", $"{limits.Processes + OwnProcesses}");
        return new Group(folder);
    }

    // A group with processes cannot delegate controllers, so its processes move one level down first.
    private static void Enable(string own)
    {
        if (Offers(own, "cgroup.subtree_control"))
            return;
        try
        {
            ControlGroup.Write(own, "cgroup.subtree_control", Controllers);
        }
        catch (IOException)
        {
            var below = Path.Join(own, "checker");
            Directory.CreateDirectory(below);
            foreach (var process in File.ReadAllLines(Path.Join(own, "cgroup.procs")))
                ControlGroup.Write(below, "cgroup.procs", process);
            ControlGroup.Write(own, "cgroup.subtree_control", Controllers);
        }
    }

    private static bool Offers(string folder, string file)
    {
        var path = Path.Join(folder, file);
        return File.Exists(path) && File.ReadAllText(path).Split((char[])[' ', '\n']) is var names && names.Contains("memory") && names.Contains("pids");
    }

    private sealed class Group(string folder) : IResourceMeter
    {
        public IReadOnlyList<string> JoinFiles => [Path.Join(folder, "cgroup.procs")];

        public void Watch(SandboxStatus status)
        {
            // Not needed: the group tracks its processes.
        }

        // Kernels before 5.19 do not record the peak. The last reading is used instead.
        public ResourceUse Read() => new(
            TimeSpan.FromMicroseconds(ControlGroup.ReadValue(folder, "cpu.stat", "usage_usec")),
            ControlGroup.ReadNumber(folder, File.Exists(Path.Join(folder, "memory.peak")) ? "memory.peak" : "memory.current"),
            ControlGroup.ReadValue(folder, "memory.events", "oom_kill") > 0);

        public void KillAll() => ControlGroup.KillAll([folder]);

        public void Dispose() => ControlGroup.End([folder]);
    }
}

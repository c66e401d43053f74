namespace ShTP.Checker.Sandboxing;

/// <summary>Control groups of version 1: a hierarchy for memory and, if present, those for processes and for processor time.</summary>
internal sealed class ControlGroupsV1 : IResourceMeters
{
    // Overhead of bubblewrap.
    private const long OwnMemory = 2 * SandboxLimits.Mebibyte;
    private const int OwnProcesses = 3;

    private static readonly string[] Controllers = ["memory", "cpuacct", "pids"];

    private readonly string _memory;
    private readonly string _processorTime;
    private readonly string? _processes;

    private ControlGroupsV1(string memory, string processorTime, string? processes)
    {
        _memory = memory;
        _processorTime = processorTime;
        _processes = processes;
    }

    public string Name => "control groups v1";

    public IReadOnlyList<string> Weaknesses => _processes is null ? ["No control group for the number of processes: only the limit of the user bounds it."] : [];

    /// <summary>Null when there are none that this process can write.</summary>
    public static ControlGroupsV1? Detect()
    {
        var found = Controllers.Select(ControlGroupMounts.FindV1)
            .Select(folder => folder is not null && ControlGroup.IsUsable(folder) ? folder : null).ToArray();
        return found is [{ } memory, { } processorTime, var processes] ? new ControlGroupsV1(memory, processorTime, processes) : null;
    }

    public bool BoundMemory => true;

    public IResourceMeter Create(SandboxLimits limits)
    {
        var name = ControlGroup.NewName();
        var group = new Group(Path.Join(_memory, name), Path.Join(_processorTime, name), _processes is null ? null : Path.Join(_processes, name));
        foreach (var folder in group.Folders)
            Directory.CreateDirectory(folder);
        var bytes = $"{limits.MemoryBytes + OwnMemory}";
        ControlGroup.Write(group.Memory, "memory.limit_in_bytes", bytes);
        ControlGroup.TryWrite(group.Memory, "memory.memsw.limit_in_bytes", bytes);
        if (group.Processes is not null)
            ControlGroup.Write(group.Processes, "pids.max", $"{limits.Processes + OwnProcesses}");
        return group;
    }

    private sealed record Group(string Memory, string ProcessorTime, string? Processes) : IResourceMeter
    {
        // Both hierarchies can be one mount.
        public IReadOnlyList<string> Folders { get; } = [.. new[] { Memory, ProcessorTime, Processes }.OfType<string>().Distinct()];

        public IReadOnlyList<string> JoinFiles => [.. Folders.Select(folder => Path.Join(folder, "cgroup.procs"))];

        public void Watch(SandboxStatus status)
        {
            // Not needed: the group tracks its processes.
        }

        public ResourceUse Read() => new(
            TimeSpan.FromMicroseconds(ControlGroup.ReadNumber(ProcessorTime, "cpuacct.usage") / 1000),
            ControlGroup.ReadNumber(Memory, "memory.max_usage_in_bytes"),
            ControlGroup.ReadValue(Memory, "memory.oom_control", "oom_kill") > 0);

        public void KillAll() => ControlGroup.KillAll(Folders);

        public void Dispose() => ControlGroup.End(Folders);
    }
}

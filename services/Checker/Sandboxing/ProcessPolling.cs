namespace ShTP.Checker.Sandboxing;

/// <summary>Without control groups: polls the processes of the namespace.</summary>
internal sealed class ProcessPolling : IResourceMeters
{
    public string Name => "limits of each process and polling";

    public IReadOnlyList<string> Weaknesses { get; } =
    [
        "No control group that we may write: give the checker a delegated one of version 2, with systemd-run --user --scope -p Delegate=yes or Delegate= in its unit.",
        "Looked at every few milliseconds, and bounded together, are the memory of all processes, their page tables and the files in /tmp; by the kernel, the address space of each process.",
        $"Shared memory without a file is bounded to {SeccompFilter.MaxSharedBytes / 1024} KiB for each mapping, and counted as that much.",
        "What else the kernel holds for a program, such as pipes and the names of many empty files, is bounded only by its time and the number of its files.",
        "Memory and processor time are what the last look saw, so they are a little low.",
    ];

    public bool BoundMemory => false;

    public IResourceMeter Create(SandboxLimits limits) => new Tree(limits);

    private sealed class Tree(SandboxLimits limits) : IResourceMeter
    {
        // Per process: the usage of a process whose parent does not wait for it is in no other total once it has ended.
        private readonly Dictionary<(int Id, long Started), TimeSpan> _seen = [];
        private readonly HashSet<string> _shared = [];
        private int _first;
        private TimeSpan _processorTime;
        private long _peak;

        public IReadOnlyList<string> JoinFiles => [];

        public void Watch(SandboxStatus status)
        {
            if (_first == 0)
                _first = status.FirstProcess ?? 0;
        }

        public ResourceUse Read()
        {
            var members = ProcessTree.Read(_first);
            foreach (var member in members)
                _seen[(member.Id, member.Started)] = member.OwnTime;
            TimeSpan[] sums = [_processorTime, Sum(members.Select(member => member.CpuTime)), Sum(_seen.Values)];
            _processorTime = sums.Max();
            var elsewhere = ReadElsewhere(members);
            var memory = members.Sum(member => member.MemoryBytes) + elsewhere;
            if (memory > limits.MemoryBytes)
                memory = members.Sum(member => member.ReadShare()) + elsewhere;
            _peak = Math.Max(_peak, memory);
            return new ResourceUse(_processorTime, _peak, _peak > limits.MemoryBytes);
        }

        // What is in no process's numbers. Files of /tmp that are mapped are in both, which overestimates.
        private long ReadElsewhere(IReadOnlyList<ProcessTree.Member> members)
        {
            _shared.Clear();
            foreach (var member in members)
                _shared.UnionWith(member.ReadSharedMemory());
            return members.Sum(member => member.ReadPageTables()) + (_shared.Count * (long)SeccompFilter.MaxSharedBytes)
                + members.Select(member => member.ReadTemporaryFiles(limits.FileBytes)).DefaultIfEmpty().Max();
        }

        private static TimeSpan Sum(IEnumerable<TimeSpan> times) => times.Aggregate(TimeSpan.Zero, (sum, time) => sum + time);

        public void KillAll()
        {
            // The kernel ended the namespace with its first process.
        }

        public void Dispose()
        {
        }
    }
}

namespace ShTP.Checker.Sandboxing;

/// <summary>Without control groups: polls the processes of the namespace.</summary>
internal sealed class ProcessPolling : IResourceMeters
{
    public string Name => "limits of each process and polling";

    public IReadOnlyList<string> Weaknesses { get; } =
    [
        "No control group that we may write: memory is bounded for each process and looked at every few milliseconds for all of them together.",
        "What the kernel holds for a program, such as the names of many empty files, is bounded only by its time.",
        "Memory and processor time are what the last look saw, so they are a little low.",
    ];

    public IResourceMeter Create(SandboxLimits limits) => new Tree(limits.MemoryBytes);

    private sealed class Tree(long maxMemory) : IResourceMeter
    {
        // Per process: the usage of a process whose parent does not wait for it is in no other total once it has ended.
        private readonly Dictionary<(int Id, long Started), TimeSpan> _seen = [];
        private int _first;
        private TimeSpan _processorTime;
        private long _peak;

        public IReadOnlyList<string> JoinFiles => [];

        public bool BoundsMemory => false;

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
            var memory = members.Sum(member => member.MemoryBytes);
            if (memory > maxMemory)
                memory = members.Sum(member => member.ReadShare());
            _peak = Math.Max(_peak, memory);
            return new ResourceUse(_processorTime, _peak, _peak > maxMemory);
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

namespace ShTP.Checker.Sandboxing;

/// <summary>Ways to limit and measure a group of processes.</summary>
internal interface IResourceMeters
{
    string Name { get; }

    /// <summary>The weaknesses of this way, one sentence each.</summary>
    IReadOnlyList<string> Weaknesses { get; }

    /// <summary>Whether the kernel limits the memory of a group, whatever kind of memory it is.</summary>
    bool BoundMemory { get; }

    /// <summary>Creates a group with the limits.</summary>
    IResourceMeter Create(SandboxLimits limits);
}

/// <summary>The processes of one command; disposing kills them and removes the group.</summary>
internal interface IResourceMeter : IDisposable
{
    /// <summary>Files that a process writes <c>0</c> into to join the group; empty when not needed.</summary>
    IReadOnlyList<string> JoinFiles { get; }

    /// <summary>Finds the processes by the status of the sandbox, where no group tracks them.</summary>
    void Watch(SandboxStatus status);

    /// <summary>The usage of the group so far.</summary>
    ResourceUse Read();

    /// <summary>Kills every process and waits until all have ended.</summary>
    void KillAll();
}

/// <summary>The usage of a group of processes.</summary>
internal readonly record struct ResourceUse(TimeSpan CpuTime, long PeakMemoryBytes, bool OutOfMemory);

namespace ShTP.Checker.Sandboxing;

/// <summary>Ways to bound and measure a group of processes.</summary>
internal interface IResourceMeters
{
    string Name { get; }

    /// <summary>What this way cannot do, one sentence each.</summary>
    IReadOnlyList<string> Weaknesses { get; }

    /// <summary>A fresh group with the limits set.</summary>
    IResourceMeter Create(SandboxLimits limits);
}

/// <summary>The processes of one command; disposing kills them and removes the group.</summary>
internal interface IResourceMeter : IDisposable
{
    /// <summary>Files that a process writes <c>0</c> into to join the group; none when it need not.</summary>
    IReadOnlyList<string> JoinFiles { get; }

    /// <summary>Whether the kernel limits the memory of the group. Then processes need no limit of their own.</summary>
    bool BoundsMemory { get; }

    /// <summary>Finds the processes by the status of the sandbox, where no group tracks them.</summary>
    void Watch(SandboxStatus status);

    /// <summary>What the group has used until now.</summary>
    ResourceUse Read();

    /// <summary>Kills every process and waits until all have ended.</summary>
    void KillAll();
}

/// <summary>What a group of processes has used.</summary>
internal readonly record struct ResourceUse(TimeSpan CpuTime, long PeakMemoryBytes, bool OutOfMemory);

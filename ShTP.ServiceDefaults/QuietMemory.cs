using Microsoft.Extensions.Hosting;

namespace ShTP.ServiceDefaults;

/// <summary>
/// Gives the memory of a start or of a busy time back when the process has become quiet. By itself the collector of .NET runs
/// when something is allocated, so a quiet process keeps what it needed last.
/// </summary>
internal sealed class QuietMemory(TimeProvider time) : BackgroundService
{
    private const long Quiet = 256 << 10;
    private const long Worthwhile = 16 << 20;

    // All threads wait for this collection: 30 ms at the 20 MB that a service has, and more with more.
    private const long LargestHeap = 256 << 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    private long _before;
    private long _atCollection;

    /// <summary>Whether less than 256 KiB were allocated since the last look, and 16 MiB since the last collection: some polls a second are no quiet.</summary>
    internal bool IsDue(long allocated, long heap)
    {
        var isQuiet = allocated - _before < Quiet;
        _before = allocated;
        if (!isQuiet || allocated - _atCollection < Worthwhile || heap > LargestHeap)
            return false;
        _atCollection = allocated;
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (IsDue(GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false)))
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}

using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ShTP.AppHost;

/// <summary>
/// Reserves ports among all ShTP systems of the machine. The orchestrator looks for a free port and the service binds
/// it a moment later, so two systems that start together could pick the same one.
/// </summary>
internal sealed class PortBlock
{
    private const int First = 10_000;
    private const int Size = 64;

    // Below 32768, where the ports of outgoing connections begin on Linux.
    private const int Count = 350;

    // For servers that the AppHost starts itself.
    private const int Own = 4;

    private readonly int _start;
    private readonly FileStream _lock;
    private int _next;

    private PortBlock(int start, FileStream held) => (_start, _lock) = (start, held);

    /// <summary>Reserves a block until the application stops or its process dies, and configures the orchestrator with it.</summary>
    public static PortBlock Take(IDistributedApplicationBuilder builder)
    {
        var block = Take();
        Set("Start", block._start + Own);
        Set("End", block._start + Size - 1);
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            start.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(block._lock.Dispose);
            return Task.CompletedTask;
        });
        return block;

        void Set(string end, int port) =>
            builder.Configuration[$"DcpPublisher:ProxylessEndpointPortRange{end}"] = port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A port of the block for a server that the AppHost starts itself.</summary>
    /// <exception cref="DistributedApplicationException">All ports are in use by other programs.</exception>
    public int TakePort()
    {
        while (_next < Own)
        {
            var port = _start + _next++;
            if (AppHostOptions.IsFree(port))
                return port;
        }

        throw new DistributedApplicationException($"The ports {_start} to {_start + Own - 1} are taken by other programs.");
    }

    private static PortBlock Take()
    {
        // Not the first free one, because those of a system that has just stopped may still be in use.
        var offset = Random.Shared.Next(Count);
        for (var i = 0; i < Count; i++)
        {
            var index = (offset + i) % Count;
            if (TryLock(Path.Combine(Path.GetTempPath(), $"shtp-ports-{index}.lock")) is { } held)
                return new PortBlock(First + index * Size, held);
        }

        throw new DistributedApplicationException($"{Count} ShTP systems run on this machine: there are no ports for another one.");
    }

    private static FileStream? TryLock(string file)
    {
        try
        {
            // Released by the system when the process dies.
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
        {
            // In use by another system, or a file of another user.
            return null;
        }
    }
}

using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Passwords;

/// <summary>
/// Dedicated threads of low priority for hashing. Many sign-ins cannot exhaust the thread pool or the processor, and
/// memory is bounded by <c>threads x MemoryKib</c>.
/// </summary>
internal sealed partial class HashingThreads : IDisposable
{
    // Mapping it anew costs one hash once; keeping it costs its size for as long.
    private static readonly TimeSpan KeepMemoryFor = TimeSpan.FromSeconds(5);

    private readonly Channel<Job> _queue;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;

    /// <summary>The key of the threads for bcrypt hashes. They are slow and must not delay others.</summary>
    public const string Old = "bcrypt";

    [ActivatorUtilitiesConstructor]
    public HashingThreads(IOptions<HashingOptions> options, TimeProvider time)
        : this(options, time, options.Value.ThreadCount)
    {
    }

    public HashingThreads(IOptions<HashingOptions> options, TimeProvider time, int count)
    {
        _time = time;
        _limit = options.Value.QueueLimit;
        Count = count;
        _queue = Channel.CreateBounded<Job>(options.Value.QueueLength);
        for (var i = 0; i < Count; i++)
            new Thread(Work) { IsBackground = true, Name = $"hashing {i}", Priority = ThreadPriority.BelowNormal }.Start();
    }

    /// <summary>Number of threads.</summary>
    public int Count { get; }

    /// <summary>Runs work in the foreground; refuses it when the queue is full.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with the time to wait.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var job = new Job<T>(work, cancellationToken);
        return _queue.Writer.TryWrite(job) ? await FinishAsync(job) : throw TooBusy();
    }

    /// <summary>Runs a part of a larger job, which waits instead of being refused.</summary>
    public async Task<T> RunPatientlyAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        var job = new Job<T>(work, cancellationToken);
        await _queue.Writer.WriteAsync(job, cancellationToken);
        return await job.Result.Task.WaitAsync(cancellationToken);
    }

    public void Dispose() => _queue.Writer.TryComplete();

    private async Task<T> FinishAsync<T>(Job<T> job)
    {
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(job.CancellationToken);
        if (await Task.WhenAny(job.Started.Task, Task.Delay(_limit, _time, abandon.Token)) != job.Started.Task && job.TryAbandon())
        {
            job.CancellationToken.ThrowIfCancellationRequested();
            throw TooBusy();
        }

        await abandon.CancelAsync();
        return await job.Result.Task;
    }

    // True also for a full queue: after that time everybody who waits in it now has been served or refused.
    private Grpc.Core.RpcException TooBusy() => RpcErrors.TooMany("Too many people are signing in at the moment, try again soon", _limit);

    private void Work()
    {
        // .NET does not map thread priorities on Linux, where niceness is a property of the thread.
        if (OperatingSystem.IsLinux())
            _ = SetNiceness(which: 0, who: 0, niceness: 10);
        while (WaitForWork())
        {
            while (_queue.Reader.TryRead(out var job))
                job.Run();
        }
    }

    private bool WaitForWork()
    {
        var work = _queue.Reader.WaitToReadAsync().AsTask();
        if (!work.Wait(KeepMemoryFor))
            HashingMemory.Release();
        return work.GetAwaiter().GetResult();
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetNiceness(int which, uint who, int niceness);

    private abstract class Job
    {
        public abstract void Run();
    }

    private sealed class Job<T>(Func<T> work, CancellationToken cancellationToken) : Job
    {
        private int _taken;

        public CancellationToken CancellationToken => cancellationToken;

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<T> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryAbandon() => Interlocked.Exchange(ref _taken, 1) == 0;

        public override void Run()
        {
            if (!TryAbandon())
                return;
            Started.SetResult();
            if (cancellationToken.IsCancellationRequested)
            {
                Result.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                Result.SetResult(work());
            }
            catch (Exception fault)
            {
                Result.SetException(fault);
            }
        }
    }
}

using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Passwords;

/// <summary>The order of hashes: a later lane waits until the ones before it are empty.</summary>
internal enum HashingLane
{
    /// <summary>Of users on devices where they have signed in before, and of new passwords.</summary>
    Known,

    /// <summary>Of all other sign-ins.</summary>
    Account,

    /// <summary>That a password is wrong, and guesses of an account of which others are ahead already, in the order in which they came.</summary>
    Line,
}

/// <summary>
/// Dedicated threads of low priority for hashing. Many sign-ins cannot exhaust the thread pool or the processor, and
/// memory is bounded by <c>threads x MemoryKib</c>.
/// </summary>
/// <remarks>
/// Everything has a place in the line, also what a lane before it runs early. What was run early and is false is answered only when its
/// place comes, and what an account that does not exist costs is spent there: nobody can tell the two by the time. When the line is full
/// its first place is given up: nothing is refused at once, which would tell the same.
/// </remarks>
internal sealed partial class HashingThreads : IDisposable
{
    // Mapping it anew costs one hash once; keeping it costs its size for as long.
    private static readonly TimeSpan KeepMemoryFor = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<Job>[] _lanes = [new(), new(), new()];

    // One for each job in a lane: those that were given up count until a thread has come across them.
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly int _length;
    private volatile bool _isDisposed;

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
        _length = options.Value.QueueLength;
        Count = count;
        for (var i = 0; i < Count; i++)
            new Thread(Work) { IsBackground = true, Name = $"hashing {i}", Priority = ThreadPriority.BelowNormal }.Start();
    }

    /// <summary>Number of threads.</summary>
    public int Count { get; }

    /// <summary>Places in lanes that are taken.</summary>
    public int Waiting => _waiting.CurrentCount;

    /// <summary>Runs work in the foreground. True is returned as soon as its lane allows, false when its place in the line has come.</summary>
    /// <param name="lane">When it runs.</param>
    /// <param name="work">The work.</param>
    /// <param name="inLine">What is run besides, when the place in the line has come, where the work returned false.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with the time to wait.</exception>
    public async Task<bool> RunAsync(HashingLane lane, Func<bool> work, Action? inLine, CancellationToken cancellationToken)
    {
        var job = new Job(work, inLine);
        Add(job, lane);
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (await Task.WhenAny(job.Result, Task.Delay(_limit, _time, abandon.Token)) != job.Result)
            job.GiveUp(isOverdue: true);
        await abandon.CancelAsync();
        var result = await job.Result;
        if (result is not true)
            cancellationToken.ThrowIfCancellationRequested();
        return result ?? throw TooBusy();
    }

    /// <summary>Runs a part of a larger job, which is never refused.</summary>
    public async Task RunPatientlyAsync(Action work, CancellationToken cancellationToken)
    {
        var job = new Job(() => Run(work), inLine: null);
        lock (_gate)
            _lanes[(int)HashingLane.Account].Enqueue(job);
        _waiting.Release();
        await job.Result.WaitAsync(cancellationToken);

        static bool Run(Action work)
        {
            work();
            return true;
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _waiting.Release(Count);
    }

    private void Add(Job job, HashingLane lane)
    {
        Job? first = null;
        lock (_gate)
        {
            job.IsEarly = lane != HashingLane.Line && _lanes[(int)lane].Count < _length;
            if (job.IsEarly)
                _lanes[(int)lane].Enqueue(job);
            var line = _lanes[(int)HashingLane.Line];
            if (line.Count >= _length)
                first = line.Dequeue();
            line.Enqueue(job);
        }

        first?.GiveUp(isOverdue: false);
        _waiting.Release(job.IsEarly ? 2 : 1);
    }

    // True of all: after that time everybody who waits now has been answered.
    private Grpc.Core.RpcException TooBusy() => RpcErrors.TooMany("Too many people are signing in at the moment, try again soon", _limit);

    private void Work()
    {
        // .NET does not map thread priorities on Linux, where niceness is a property of the thread.
        if (OperatingSystem.IsLinux())
            _ = SetNiceness(which: 0, who: 0, niceness: 10);
        while (true)
        {
            if (!_waiting.Wait(KeepMemoryFor))
            {
                HashingMemory.Release();
                _waiting.Wait();
            }

            if (Next() is { } run)
                run();
            else if (_isDisposed)
                return;
        }
    }

    private Action? Next()
    {
        lock (_gate)
        {
            for (var lane = HashingLane.Known; lane < HashingLane.Line; lane++)
            {
                if (_lanes[(int)lane].TryDequeue(out var early))
                    return early.RunEarly;
            }

            return _lanes[(int)HashingLane.Line].TryDequeue(out var next) ? next.RunInLine : null;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetNiceness(int which, uint who, int niceness);

    private sealed class Job(Func<bool> work, Action? inLine)
    {
        private readonly Lock _gate = new();
        private readonly TaskCompletionSource<bool?> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isTaken;
        private bool _isFalse;

        // What false is answered with once the place in the line has come or is given up.
        private (bool HasCome, bool? Answer) _place;

        /// <summary>Whether it is in an earlier lane too.</summary>
        public bool IsEarly { get; set; }

        /// <summary>What the work returned, or null when the place in the line was given up before and it was not true.</summary>
        public Task<bool?> Result => _result.Task;

        public void RunEarly()
        {
            if (TryTake())
                Run();
        }

        public void RunInLine()
        {
            RunEarly();
            if (inLine is not null && !Result.IsCompleted)
                RunRest(inLine);
            ComeTo(false);
        }

        /// <summary>Gives the place in the line up; work of an earlier lane that has not begun only when it is overdue too.</summary>
        public void GiveUp(bool isOverdue)
        {
            ComeTo(null);
            if ((isOverdue || !IsEarly) && TryTake())
                _result.TrySetResult(null);
        }

        private bool TryTake() => !Interlocked.Exchange(ref _isTaken, true);

        private void Run()
        {
            try
            {
                if (work())
                    _result.TrySetResult(true);
                else
                    Settle(() => _isFalse = true);
            }
            catch (Exception fault)
            {
                _result.TrySetException(fault);
            }
        }

        private void RunRest(Action rest)
        {
            try
            {
                rest();
            }
            catch (Exception fault)
            {
                _result.TrySetException(fault);
            }
        }

        private void ComeTo(bool? answer) => Settle(() =>
        {
            if (!_place.HasCome)
                _place = (true, answer);
        });

        private void Settle(Action change)
        {
            lock (_gate)
            {
                change();
                if (_isFalse && _place.HasCome)
                    _result.TrySetResult(_place.Answer);
            }
        }
    }
}

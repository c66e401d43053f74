namespace ShTP.Assignments.Judging;

/// <summary>Wakes the calls of this process that wait for work.</summary>
internal sealed class WorkSignal
{
    private TaskCompletionSource _next = Create();

    /// <summary>Completes with the next pulse. Read it before checking the queue, otherwise a pulse in between is lost.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Pulse() => Interlocked.Exchange(ref _next, Create()).SetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

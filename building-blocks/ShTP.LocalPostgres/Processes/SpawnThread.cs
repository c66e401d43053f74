using System.Collections.Concurrent;

namespace ShTP.LocalPostgres.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as this process. Linux sends a child its parent-death
/// signal when the thread that forked it ends, and a thread-pool thread may end at any time.
/// </summary>
internal static class SpawnThread
{
    private static readonly BlockingCollection<Action> Work = [];

    static SpawnThread() =>
        new Thread(() =>
        {
            foreach (var item in Work.GetConsumingEnumerable())
                item();
        })
        { IsBackground = true, Name = "Process spawner" }.Start();

    public static Task<T> RunAsync<T>(Func<T> spawn)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                result.SetResult(spawn());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        return result.Task;
    }
}

using Grpc.Core;

namespace ShTP.Import;

/// <summary>Calls again what may simply be called again: the same rows twice are one.</summary>
internal static class Retries
{
    private const int MaxAttempts = 6;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <exception cref="RpcException">It was away for about fifteen seconds, or answered with another error.</exception>
    public static async Task<T> WhileAwayAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (RpcException fault) when (IsAway(fault) && attempt < MaxAttempts && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(wait, cancellationToken);
                wait *= 2;
            }
        }
    }

    /// <summary>Whether the error is independent of the sent data.</summary>
    public static bool IsAway(RpcException fault) => fault.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Aborted;
}

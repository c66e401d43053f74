using Grpc.Core;

namespace ShTP.Import;

/// <summary>Retries calls, which is safe because importing the same rows twice has one effect.</summary>
internal static class Retries
{
    private const int MaxAttempts = 6;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <exception cref="RpcException">The service was unavailable for about fifteen seconds, or returned another error.</exception>
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

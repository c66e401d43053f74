using Grpc.Core;
using ShTP.Assignments.V1;
using ShTP.Checker.Judging;

namespace ShTP.Checker.Leasing;

/// <summary>Takes work, judges it and delivers the results, with the configured concurrency.</summary>
internal sealed class Worker(
    JudgePreparation preparation, WorkJudging judging, Leases leases, AssignmentsInternal.AssignmentsInternalClient assignments,
    CheckerOptions options, ILogger<Worker> logger) : BackgroundService
{
    private const int WaitSeconds = 20;

    private static readonly TimeSpan TakeLimit = TimeSpan.FromSeconds(WaitSeconds + 10);
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private static readonly TakeWorkRequest Request = new() { Checker = $"{Environment.MachineName}-{Environment.ProcessId}", WaitSeconds = WaitSeconds };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var judge = await preparation.Judge.WaitAsync(stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => WorkAsync(judge, stoppingToken)));
    }

    private async Task WorkAsync(Judge judge, CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var answer = await assignments.TakeWorkAsync(Request, deadline: DateTime.UtcNow + TakeLimit, cancellationToken: stoppingToken);
                if (answer.Work is not { } work || await TryFinishAsync(judge, work, stoppingToken))
                {
                    pause = FirstPause;
                    continue;
                }
            }
            catch (RpcException failed) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("No work could be taken: {Fault}", failed.Status.Detail);
            }
            catch (RpcException)
            {
                return;
            }

            // Increasing, so that failures of this machine do not use up every submission's attempts.
            await Task.Delay(pause, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>False when this machine failed and not the program.</summary>
    private async Task<bool> TryFinishAsync(Judge judge, Work work, CancellationToken stoppingToken)
    {
        using var lease = leases.Hold(work.LeaseId, stoppingToken);
        try
        {
            var results = await judging.JudgeAsync(judge, work, lease.Ended);
            return await HandInAsync(results, lease.Ended);
        }
        catch (OperationCanceledException) when (lease.Ended.IsCancellationRequested)
        {
            if (stoppingToken.IsCancellationRequested)
                await ReturnAsync(work.LeaseId);
            else
                logger.LogWarning("The lease {Lease} is lost", work.LeaseId);
            return true;
        }
        catch (Exception failed)
        {
            // Catches every exception: one work that cannot be judged must not stop the judging of others.
            logger.LogError(failed, "The lease {Lease} is returned: its work cannot be judged here", work.LeaseId);
            await ReturnAsync(work.LeaseId);
            return false;
        }
    }

    // Retries until delivered. The lease stays valid, and delivering twice has one effect.
    private async Task<bool> HandInAsync(CompleteWorkRequest results, CancellationToken ended)
    {
        while (true)
        {
            try
            {
                await assignments.CompleteWorkAsync(results, cancellationToken: CancellationToken.None);
                return true;
            }
            catch (RpcException failed) when (failed.StatusCode == StatusCode.FailedPrecondition)
            {
                logger.LogWarning("The results of lease {Lease} are too late, the lease has expired", results.LeaseId);
                return true;
            }
            catch (RpcException failed) when (failed.StatusCode == StatusCode.InvalidArgument)
            {
                logger.LogError("The results of lease {Lease} are refused: {Fault}", results.LeaseId, failed.Status.Detail);
                await ReturnAsync(results.LeaseId);
                return false;
            }
            catch (RpcException failed)
            {
                logger.LogWarning("The results of lease {Lease} could not be delivered: {Fault}", results.LeaseId, failed.Status.Detail);
            }

            await Task.Delay(FirstPause, ended);
        }
    }

    private async Task ReturnAsync(string lease)
    {
        try
        {
            await assignments.ReturnWorkAsync(new ReturnWorkRequest { LeaseId = lease }, deadline: DateTime.UtcNow + ReturnLimit);
        }
        catch (RpcException failed)
        {
            logger.LogWarning("The lease {Lease} could not be returned and will expire: {Fault}", lease, failed.Status.Detail);
        }
    }
}

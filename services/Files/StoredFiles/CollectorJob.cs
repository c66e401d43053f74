using Microsoft.Extensions.Options;

namespace ShTP.Files.StoredFiles;

/// <summary>Runs the collector periodically.</summary>
internal sealed class CollectorJob(IServiceScopeFactory scopes, IOptions<FilesOptions> options, TimeProvider clock, ILogger<CollectorJob> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CollectEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var (files, blobs) = await scope.ServiceProvider.GetRequiredService<Collector>().CollectAsync(stoppingToken);
                if (files + blobs > 0)
                    logger.LogInformation("Collected {Files} files and {Blobs} blobs", files, blobs);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // The database or the storage is not available; the next run collects.
                logger.LogError(e, "Collecting unclaimed files failed; the next try is in {Interval}", options.Value.CollectEvery);
            }
        }
    }
}

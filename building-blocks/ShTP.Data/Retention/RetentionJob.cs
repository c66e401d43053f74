using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ShTP.Data.Retention;

/// <summary>
/// Applies the rules of a service's database every ten minutes, in small batches with a pause after each, on one replica at a
/// time. The metric <c>retention.rows</c> counts the rows of each table.
/// </summary>
internal sealed class RetentionJob<TContext> : BackgroundService
    where TContext : DbContext
{
    /// <summary>Rows of one statement: few enough that other statements do not wait for their locks.</summary>
    internal const int Batch = 1000;

    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly IServiceScopeFactory _scopes;
    private readonly IReadOnlyList<RetentionRule<TContext>> _rules;
    private readonly TimeProvider _time;
    private readonly ILogger<RetentionJob<TContext>> _logger;
    private readonly Counter<long> _rows;

    public RetentionJob(IServiceScopeFactory scopes, IEnumerable<RetentionRule<TContext>> rules, TimeProvider time, IMeterFactory meters, ILogger<RetentionJob<TContext>> logger)
    {
        (_scopes, _rules, _time, _logger) = (scopes, [.. rules], time, logger);
        _rows = meters.Create("ShTP.Retention").CreateCounter<long>("retention.rows", "{row}", "Rows that were deleted or emptied, because their time was over");
    }

    /// <summary>Applies each rule until nothing is due. A rule that fails does not keep the others from being applied.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var rule in _rules)
        {
            try
            {
                while (await ApplyAsync(rule, cancellationToken) == Batch)
                    await Task.Delay(Pause, _time, cancellationToken);
            }
            catch (Exception outage) when (outage.IsDatabaseOutage() && !cancellationToken.IsCancellationRequested)
            {
                _logger.LogWarning("Rows of {Table} whose time is over were not removed; the next attempt is in {Interval}: {Fault}", rule.Table, Interval, outage.GetBaseException().Message);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RunAsync(stoppingToken);
    }

    private async Task<int> ApplyAsync(RetentionRule<TContext> rule, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        var now = _time.Now();
        var rows = await db.InTransactionAsync(
            async token => await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({AdvisoryLocks.Retention}) AS \"Value\"").SingleAsync(token)
                ? await rule.ApplyAsync(db, now, Batch, token)
                : 0,
            cancellationToken);
        if (rows > 0)
            _rows.Add(rows, new KeyValuePair<string, object?>("table", rule.Table));
        return rows;
    }
}

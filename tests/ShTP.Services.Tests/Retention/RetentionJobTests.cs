using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ShTP.Data;
using ShTP.Data.Idempotency;
using ShTP.Data.Retention;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.Retention;

public sealed class RetentionJobTests
{
    private const int Retries = 1;
    private const int ConnectionsOfAnAttempt = 1 + Retries;

    private static readonly RetentionRule<UsersDb> OfCalls = RetentionRule.Delete("recorded_calls", (UsersDb db, DateTimeOffset now) =>
        db.Set<RecordedCall>().Where(call => call.ExpiresAt <= now).OrderBy(call => call.ExpiresAt));

    /// <summary>An exception that leaves the loop would stop the whole service.</summary>
    [Fact]
    public async Task Run_DatabaseIsAwayForLongerThanRetriesLast_IsTriedAgain()
    {
        var failures = new ConnectionFailures();
        await using var services = Services($"Host=127.0.0.1;Port={FreePort.Find()}", failures);
        var clock = new FakeTimeProvider();
        using var job = Job(services, clock);
        await job.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.HoldsAsync(
            () =>
            {
                clock.Advance(RetentionJob<UsersDb>.Interval);
                return Task.FromResult(failures.Count > ConnectionsOfAnAttempt);
            },
            "it is tried again");

        await job.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Run_MoreThanABatch_IsRemovedBatchByBatch_AndWhatIsNotDueStays()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        await using var services = Services(database.ConnectionString);
        var due = (2 * RetentionJob<UsersDb>.Batch) + 1;
        await ExecuteAsync(database, $"""
            INSERT INTO recorded_calls (id, user_id, request, answer, is_implicit, expires_at)
            SELECT decode(lpad(to_hex(n), 8, '0'), 'hex'), gen_random_uuid(), '', '', false, now() + make_interval(secs => CASE WHEN n <= {due} THEN -1 ELSE 3600 END)
            FROM generate_series(1, {due + 7}) AS n
            """);

        // Their pauses end at once with a clock that runs.
        using var job = Job(services, TimeProvider.System);
        await job.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(7L, await ExecuteAsync(database, "SELECT count(*) FROM recorded_calls"));
    }

    [Fact]
    public async Task Run_BesideThatOfAnotherReplica_LeavesTheWorkToIt()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        await using var services = Services(database.ConnectionString);
        await ExecuteAsync(database, "INSERT INTO recorded_calls (id, user_id, request, answer, is_implicit, expires_at) VALUES ('\\x01', gen_random_uuid(), '', '', false, now() - interval '1 hour')");
        using var job = Job(services, TimeProvider.System);

        await using (var other = new NpgsqlConnection(database.ConnectionString))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({AdvisoryLocks.Retention})", other, transaction);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await job.RunAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1L, await ExecuteAsync(database, "SELECT count(*) FROM recorded_calls"));
        }

        await job.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0L, await ExecuteAsync(database, "SELECT count(*) FROM recorded_calls"));
    }

    private static ServiceProvider Services(string connectionString, params IInterceptor[] interceptors) => new ServiceCollection()
        .AddMetrics()
        .AddDbContext<UsersDb>(options => options
            .UseNpgsql(connectionString, npgsql => npgsql.EnableRetryOnFailure(Retries, TimeSpan.FromMilliseconds(1), errorCodesToAdd: null))
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(interceptors))
        .BuildServiceProvider();

    private static RetentionJob<UsersDb> Job(ServiceProvider services, TimeProvider time) => new(
        services.GetRequiredService<IServiceScopeFactory>(), [OfCalls], time, services.GetRequiredService<IMeterFactory>(), NullLogger<RetentionJob<UsersDb>>.Instance);

    private static async Task<object?> ExecuteAsync(TestDatabase database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private sealed class ConnectionFailures : DbConnectionInterceptor
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override Task ConnectionFailedAsync(DbConnection connection, ConnectionErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }
    }
}

using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ShTP.Data.Idempotency;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class RecordedCallCleaningTests
{
    private const int Retries = 1;
    private const int ConnectionsOfAnAttempt = 1 + Retries;

    /// <summary>An exception that leaves the loop would stop the whole service.</summary>
    [Fact]
    public async Task Cleaning_DatabaseIsAwayForLongerThanRetriesLast_IsTriedAgain()
    {
        var failures = new ConnectionFailures();
        await using var services = new ServiceCollection()
            .AddDbContext<UsersDb>(options => options
                .UseNpgsql($"Host=127.0.0.1;Port={FreePort.Find()}", npgsql => npgsql.EnableRetryOnFailure(Retries, TimeSpan.FromMilliseconds(1), errorCodesToAdd: null))
                .AddInterceptors(failures))
            .BuildServiceProvider();
        var clock = new FakeTimeProvider();
        using var cleaning = new RecordedCallCleaning<UsersDb>(services.GetRequiredService<IServiceScopeFactory>(), clock, NullLogger<RecordedCallCleaning<UsersDb>>.Instance);
        await cleaning.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.HoldsAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromHours(1));
                return Task.FromResult(failures.Count > ConnectionsOfAnAttempt);
            },
            "it is tried again");

        await cleaning.StopAsync(TestContext.Current.CancellationToken);
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

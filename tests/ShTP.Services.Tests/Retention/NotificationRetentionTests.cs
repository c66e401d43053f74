using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Data.Retention;
using ShTP.Notifications;
using ShTP.Services.Tests.Notifications;
using Xunit;

namespace ShTP.Services.Tests.Retention;

public sealed class NotificationRetentionTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    [Fact]
    public async Task Run_DeletesReadOnesAfterAYear_AndUnreadOnesAfterThree()
    {
        var user = Guid.NewGuid();
        await AddAsync(user, "long unread", days: 1100, viewed: false, count: 5);
        await AddAsync(user, "read", days: 400, viewed: true, count: 1500);
        await AddAsync(user, "unread", days: 400, viewed: false, count: 4);
        await ExecuteAsync($"""
            INSERT INTO notifications (id, user_id, type, data, viewed, delivery, created_at, updated_at)
            VALUES (gen_random_uuid(), '{user}', 1, jsonb_build_object('kind', 'on its way'), true, gen_random_uuid(), now() - interval '400 days', now() - interval '400 days')
            """);
        await AddAsync(user, "read lately", days: 364, viewed: true, count: 3);
        await ExecuteAsync("INSERT INTO inbox (id, received_at) VALUES (gen_random_uuid(), now() - interval '31 days'), (gen_random_uuid(), now() - interval '29 days')");

        await system.Host.Services.GetRequiredService<RetentionJob<NotificationsDb>>().RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal("on its way: 1, read lately: 3, unread: 4", await ExecuteAsync($"""
            SELECT string_agg(kind || ': ' || number, ', ' ORDER BY kind)
            FROM (SELECT data ->> 'kind' AS kind, count(*) AS number FROM notifications WHERE user_id = '{user}' GROUP BY 1) AS kinds
            """));
        Assert.Equal(0L, await ExecuteAsync("SELECT count(*) FROM inbox WHERE received_at < now() - interval '30 days'"));
        Assert.Equal(1L, await ExecuteAsync("SELECT count(*) FROM inbox WHERE received_at < now() - interval '28 days'"));
    }

    private Task<object?> AddAsync(Guid user, string kind, int days, bool viewed, int count) => ExecuteAsync($"""
        INSERT INTO notifications (id, user_id, type, data, viewed, created_at, updated_at)
        SELECT gen_random_uuid(), '{user}', 1, jsonb_build_object('kind', '{kind}'), {viewed}, now() - interval '{days} days', now() - interval '{days} days'
        FROM generate_series(1, {count})
        """);

    private async Task<object?> ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(system.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}

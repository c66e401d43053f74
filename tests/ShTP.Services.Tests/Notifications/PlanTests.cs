using Microsoft.EntityFrameworkCore;
using ShTP.Notifications.V1;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Notifications;

/// <summary>At 200,000 notifications nothing that clients do all the time reads the whole table: the very statements of the service are explained.</summary>
public sealed class PlanTests(NotificationsSystem system) : IClassFixture<NotificationsSystem>
{
    private const int Count = 200_000;

    [Fact]
    public async Task Queries_TwoHundredThousandNotifications_UseIndexes()
    {
        var user = Guid.NewGuid();
        await SeedAsync(user);
        var client = system.As(user);
        var middle = (await client.ListUnreadAsync(new ListUnreadRequest())).Notifications[10].Uuid;

        (string What, Func<Task> Call)[] calls =
        [
            ("unread", async () => Assert.Equal(20, (await client.ListUnreadAsync(new ListUnreadRequest())).Notifications.Count)),
            ("count", async () => Assert.Equal(200, (await client.CountNotificationsAsync(new CountNotificationsRequest())).Total)),
            ("has unread", async () => Assert.True((await system.AsService("users").HasUnreadAsync(new HasUnreadRequest { UserId = user.ToString() })).HasUnread)),
            ("take", async () => Assert.Equal(20, (await client.TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications.Count)),
            ("take nothing", async () => Assert.Empty((await client.TakeNotificationsAsync(new TakeNotificationsRequest())).Notifications)),
            ("page", async () => Assert.Equal(50, (await client.ListNotificationsAsync(new ListNotificationsRequest { Limit = 50, Before = middle })).Notifications.Count)),
            ("stream", async () => (await Watch.OpenAsync(system.Host, user, 5)).Dispose()),
            ("stream from now", async () => (await Watch.OpenAsync(system.Host, user)).Dispose()),
        ];
        foreach (var (what, call) in calls)
        {
            system.Statements.Clear();
            await call();
            var statements = system.Statements.Where(statement => statement.Sql.Contains("notifications", StringComparison.Ordinal)).ToArray();
            Assert.NotEmpty(statements);
            foreach (var statement in statements)
            {
                var plan = await StatementLog.ExplainAsync(system.ConnectionString, statement);
                Assert.False(plan.Contains("Seq Scan on notifications", StringComparison.Ordinal), $"{what}:\n{plan}");
                if (what is "take" or "has unread" or "unread")
                    Assert.Contains("ix_notifications_user_id_viewed_sequence", plan, StringComparison.Ordinal);
            }
        }
    }

    private Task<int> SeedAsync(Guid user) => system.WithDbAsync(async db =>
    {
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(3));
        await db.Database.ExecuteSqlAsync(
            $$"""
            INSERT INTO notifications (id, user_id, type, data, viewed, created_at, updated_at)
            SELECT gen_random_uuid(), CASE WHEN i % 1000 = 7 THEN {{user}} ELSE md5((i % 1000)::text)::uuid END, 4, jsonb_build_object('text', i::text), i % 10000 >= 1000, now(), now()
            FROM generate_series(1, {{Count}}) AS i
            """);
        await db.Database.ExecuteSqlAsync($"ANALYZE notifications");
        db.Database.SetCommandTimeout((int?)null);
        return 0;
    });
}

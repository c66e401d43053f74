using Microsoft.EntityFrameworkCore;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

/// <summary>At 100,000 users no list and no search reads the whole table: the very statements of the service are explained.</summary>
public sealed class PlanTests
{
    private const int Count = 100_000;

    [Fact]
    public async Task Queries_HundredThousandUsers_UseIndexes()
    {
        await using var own = new DisposableSystem();
        var users = await own.StartAsync();
        await SeedAsync(users);
        var client = users.As(users.Admin);
        var middle = await users.WithDbAsync(db => db.Users.OrderBy(u => u.CreatedAt).Skip(Count / 2).Select(u => u.Id).FirstAsync());

        (string What, Func<Task> Call)[] calls =
        [
            ("leaderboard", async () => Assert.Equal(100, (await users.Anonymous.GetLeaderboardAsync(new GetLeaderboardRequest { Limit = 100 })).Users.Count)),
            ("search by name", async () => Assert.Single((await client.SearchUsersAsync(new SearchUsersRequest { Query = "ИМЯ77123" })).Users)),
            ("search by a common piece", async () => Assert.Equal(100, (await client.SearchUsersAsync(new SearchUsersRequest { Query = "фамилия" })).Users.Count)),
            ("search by a common character", async () => Assert.Equal(100, (await client.SearchUsersAsync(new SearchUsersRequest { Query = "и" })).Users.Count)),
            ("search by two characters", async () => Assert.Equal(100, (await client.SearchUsersAsync(new SearchUsersRequest { Query = "77" })).Users.Count)),
            ("search by a rare character", async () => Assert.Empty((await client.SearchUsersAsync(new SearchUsersRequest { Query = "ъ" })).Users)),
            ("search by nothing", async () => Assert.Equal(100, (await client.SearchUsersAsync(new SearchUsersRequest { Query = "" })).Users.Count)),
            ("by nickname", async () => Assert.Equal("nick5", (await users.Anonymous.GetUserAsync(new GetUserRequest { Id = "nick5" })).NickName)),
            ("by uuid", async () => await users.Anonymous.GetUserAsync(new GetUserRequest { Id = middle.ToString() })),
            ("own profile", async () => await client.GetMeAsync(new GetMeRequest())),
            ("page", async () => Assert.Equal(50, (await client.ListUsersAsync(new ListUsersRequest { Limit = 50, After = middle.ToString() })).Users.Count)),
        ];
        foreach (var (what, call) in calls)
        {
            users.Statements.Clear();
            await call();
            Assert.NotEmpty(users.Statements);
            foreach (var statement in users.Statements)
            {
                var plan = await StatementLog.ExplainAsync(users.ConnectionString, statement);
                Assert.False(plan.Contains("Seq Scan on users", StringComparison.Ordinal), $"{what}:\n{plan}");
            }
        }
    }

    private static async Task SeedAsync(UsersSystem users) => await users.WithDbAsync(async db =>
    {
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(3));
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO users (id, email, role, first_name, last_name, group_id, learning_class, nick_name, avatar_path, rating, search_text, created_at, updated_at)
            SELECT gen_random_uuid(), 'u' || i || '@example.org', 0, 'Имя' || i, 'Фамилия' || i % 1000, {users.Group.Id}, i % 12,
                CASE WHEN i % 2 = 1 THEN 'nick' || i END, 'default.png', i % 500,
                'имя' || i || ' фамилия' || i % 1000 || E'\nu' || i || '@example.org', now() + i * interval '1 millisecond', now()
            FROM generate_series(1, {Count}) AS i
            """);
        await db.Database.ExecuteSqlAsync($"ANALYZE users");
        db.Database.SetCommandTimeout((int?)null);
        return 0;
    });
}

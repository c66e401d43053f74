using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Auth;
using ShTP.Data.Retention;
using ShTP.Services.Tests.Auth;
using Xunit;

namespace ShTP.Services.Tests.Retention;

public sealed class AuthRetentionTests(AuthSystem system) : IClassFixture<AuthSystem>
{
    [Fact]
    public async Task Run_EndedAndExpiredSessions_AreDeleted_AndOpenOnesStay()
    {
        var (ended, _, _) = await system.SignedInAsync();
        await system.QueryAsync(db => db.Sessions.Where(session => session.UserId == ended).ExecuteUpdateAsync(set => set.SetProperty(session => session.EndedAt, system.Time.GetUtcNow())));
        var (expired, _, _) = await system.SignedInAsync();
        await system.QueryAsync(db => db.Sessions.Where(session => session.UserId == expired).ExecuteUpdateAsync(set => set.SetProperty(session => session.ExpiresAt, system.Time.GetUtcNow().AddSeconds(-1))));
        var (open, _, _) = await system.SignedInAsync();

        await RunAsync();

        Assert.Equal([open], await system.QueryAsync(db => db.Sessions.Select(session => session.UserId).Where(user => user == ended || user == expired || user == open).ToListAsync()));
    }

    [Fact]
    public async Task Run_FailuresAndDevicesOfLongAgo_AreForgotten()
    {
        var (user, _, _) = await system.SignedInAsync();
        await system.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO known_places (key, user_id, last_at) VALUES ('\x0101'::bytea, {user}, now() - interval '181 days'), ('\x0202'::bytea, {user}, now() - interval '179 days');
            INSERT INTO login_failures (key, count, last_at, blocked_until)
            VALUES ('\x0303'::bytea, 1, now() - interval '25 hours', now() - interval '24 hours'), ('\x0404'::bytea, 9, now() - interval '25 hours', now() + interval '1 hour')
            """));

        await RunAsync();

        Assert.Equal("0202", await SingleAsync("SELECT encode(key, 'hex') AS \"Value\" FROM known_places WHERE key IN ('\\x0101', '\\x0202')"));
        Assert.Equal("0404", await SingleAsync("SELECT encode(key, 'hex') AS \"Value\" FROM login_failures WHERE key IN ('\\x0303', '\\x0404')"));
    }

    private Task RunAsync() => system.Host.Services.GetRequiredService<RetentionJob<AuthDb>>().RunAsync(TestContext.Current.CancellationToken);

    private Task<string> SingleAsync(string sql) => system.QueryAsync(db => db.Database.SqlQueryRaw<string>(sql).SingleAsync());
}

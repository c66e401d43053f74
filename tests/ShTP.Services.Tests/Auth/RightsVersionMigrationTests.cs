using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ShTP.Auth;
using ShTP.Data;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class RightsVersionMigrationTests
{
    private const string Before = "20261124153435_OpenId";

    [Fact]
    public async Task Migrate_RevocationsByTime_BecomeOnesByNumberThatMeanTheSameTokens()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        await using var db = new AuthDb(new DbContextOptionsBuilder<AuthDb>().UseNpgsql(database.ConnectionString + ";Pooling=false").UseSnakeCaseNamingConvention().Options);
        await db.GetService<IMigrator>().MigrateAsync(Before, cancel);
        var (demoted, deleted, untouched, session) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO credentials (user_id, email, password_hash) VALUES ({demoted}, 'a@example.org', 'x'), ({untouched}, 'b@example.org', 'x');
            INSERT INTO revocations (session_id, user_id, issued_before, expired_only, forget_at) VALUES
                (NULL, {demoted}, now(), true, now() + interval '1 day'), (NULL, {demoted}, now(), true, now() + interval '1 day'),
                (NULL, {deleted}, now(), false, now() + interval '1 day'), ({session}, NULL, NULL, false, now() + interval '1 day');
            """, cancel);

        await Migrations.ApplyAsync(db, cancel);

        var versions = await db.Credentials.ToDictionaryAsync(known => known.UserId, known => known.RightsVersion, cancel);
        Assert.Equal((1, 0), (versions[demoted], versions[untouched]));
        var revocations = await db.Revocations.AsNoTracking().ToListAsync(cancel);
        Assert.Equal(3, revocations.Count);
        Assert.Equal((1, true, null), Of(revocations.Single(known => known.UserId == demoted)));
        Assert.Equal((long.MaxValue, false, null), Of(revocations.Single(known => known.UserId == deleted)));
        Assert.NotNull(revocations.Single(known => known.SessionId == session).ForgetAt);
        await db.GetService<IMigrator>().MigrateAsync(Before, cancel);
    }

    private static (long? Below, bool ExpiredOnly, DateTimeOffset? ForgetAt) Of(ShTP.Auth.Sessions.Revocation known) => (known.BelowVersion, known.ExpiredOnly, known.ForgetAt);
}

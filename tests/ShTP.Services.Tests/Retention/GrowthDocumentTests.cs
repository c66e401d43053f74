using Microsoft.EntityFrameworkCore;
using ShTP.Achievements;
using ShTP.Assignments;
using ShTP.Auth;
using ShTP.Events;
using ShTP.Files;
using ShTP.Notifications;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.Retention;

/// <summary>docs/growth.md says of every table what bounds it.</summary>
public sealed class GrowthDocumentTests
{
    [Fact]
    public void EveryTable_HasALine()
    {
        var lines = File.ReadLines(Repository.PathOf("docs", "growth.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToList();

        Assert.All(lines, cells => Assert.True(cells.Length == 5 && cells[3].Length > 0, $"What bounds {cells[2]}?"));
        Assert.Equal(Tables().Order(), lines.Select(cells => $"{cells[1].Trim('`')}.{cells[2].Trim('`')}").Order());
    }

    private static IEnumerable<string> Tables() =>
        Tables<AuthDb>("authdb").Concat(Tables<UsersDb>("usersdb")).Concat(Tables<AchievementsDb>("achievementsdb")).Concat(Tables<EventsDb>("eventsdb"))
            .Concat(Tables<NotificationsDb>("notificationsdb")).Concat(Tables<AssignmentsDb>("assignmentsdb")).Concat(Tables<FilesDb>("filesdb"));

    private static IEnumerable<string> Tables<TContext>(string database)
        where TContext : DbContext
    {
        using var db = (TContext)Activator.CreateInstance(typeof(TContext), new DbContextOptionsBuilder<TContext>().UseNpgsql("Host=127.0.0.1").UseSnakeCaseNamingConvention().Options)!;
        return [.. db.Model.GetEntityTypes().Select(entity => entity.GetTableName()).OfType<string>().Distinct().Select(table => $"{database}.{table}")];
    }
}

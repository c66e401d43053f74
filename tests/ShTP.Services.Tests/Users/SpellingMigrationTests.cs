using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ShTP.Rpc.Text;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class SpellingMigrationTests
{
    [Fact]
    public async Task OneSpelling_RowsOfBefore_AreFoundAsNewOnes()
    {
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        await using var db = new UsersDb(new DbContextOptionsBuilder<UsersDb>().UseNpgsql(database.ConnectionString).UseSnakeCaseNamingConvention().Options);
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("20261124113439_Medals");
        var group = Guid.NewGuid();
        await db.Database.ExecuteSqlAsync($"INSERT INTO groups (id, name, color, created_at, updated_at) VALUES ({group}, 'g', '#fff', now(), now())");
        (string Email, string First, string Last, string? Patronymic)[] rows =
        [
            ("Ada.X@example.org", "Ёлка", "О’Коннор", "ЩукинА"),
            ("Twin@example.org", "Анна  Мария", "Müller", null),
            ("twin@example.org", "a", "b", null),
        ];
        foreach (var (email, first, last, patronymic) in rows)
        {
            var search = $"{first} {last}\n{email}".ToLowerInvariant();
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO users (id, email, role, first_name, last_name, patronymic_name, group_id, learning_class, avatar_path, rating, gold_medals, silver_medals, bronze_medals, search_text, created_at, updated_at)
                VALUES ({Guid.NewGuid()}, {email}, 0, {first}, {last}, {patronymic}, {group}, 1, 'default.png', 0, 0, 0, 0, {search}, now(), now())
                """);
        }

        await migrator.MigrateAsync();

        var users = await db.Users.AsNoTracking().ToListAsync();
        Assert.Equal(["Twin@example.org", "ada.x@example.org", "twin@example.org"], users.Select(user => user.Email).Order(StringComparer.Ordinal));
        Assert.All(users, user => Assert.Equal(UnicodeText.Fold($"{user.FirstName} {user.LastName} {user.PatronymicName}\n{user.Email}"), user.SearchText));
    }
}

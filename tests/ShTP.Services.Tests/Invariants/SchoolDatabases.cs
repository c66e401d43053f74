using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.Achievements;
using ShTP.Assignments;
using ShTP.Auth;
using ShTP.Events;
using ShTP.Files;
using ShTP.Invariants;
using ShTP.Notifications;
using ShTP.Testing;
using ShTP.Users;

namespace ShTP.Services.Tests.Invariants;

/// <summary>The databases of all services, with their migrations and without the services.</summary>
public sealed class SchoolDatabases : IAsyncDisposable
{
    private readonly Dictionary<Database, TestDatabase> _databases = [];

    private SchoolDatabases()
    {
    }

    public IReadOnlyDictionary<Database, string> ConnectionStrings => _databases.ToDictionary(one => one.Key, one => one.Value.ConnectionString);

    public static async Task<SchoolDatabases> CreateAsync()
    {
        var all = new SchoolDatabases();
        await all.AddAsync<AuthDb>(Database.Auth);
        await all.AddAsync<UsersDb>(Database.Users);
        await all.AddAsync<FilesDb>(Database.Files);
        await all.AddAsync<AchievementsDb>(Database.Achievements);
        await all.AddAsync<EventsDb>(Database.Events);
        await all.AddAsync<NotificationsDb>(Database.Notifications);
        await all.AddAsync<AssignmentsDb>(Database.Assignments);
        return all;
    }

    public async Task ExecuteAsync(Database database, string sql)
    {
        await using var connection = new NpgsqlConnection(_databases[database].ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public Task<InvariantReport> CheckAsync(InvariantCheckOptions? options = null) =>
        InvariantCheck.RunAsync(ConnectionStrings, options ?? new InvariantCheckOptions { MaxShown = 10_000 }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values)
            await database.DisposeAsync();
    }

    private async Task AddAsync<TContext>(Database database)
        where TContext : DbContext => _databases[database] = await PostgresServer.CreateDatabaseAsync<TContext>();
}

using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.Data.Audit;
using ShTP.Invariants;
using ShTP.Services.Tests.Invariants;
using ShTP.Users;

namespace ShTP.Services.Tests.Audits;

/// <summary>The databases of a school, of which that of Users has an audit.</summary>
internal sealed class AuditedSchool(SchoolDatabases databases, IReadOnlyDictionary<Database, string>? instead = null, Func<ValueTask>? dispose = null) : IAsyncDisposable
{
    private static readonly InvariantCheckOptions Options = new() { MaxShown = 100 };

    private Dictionary<Database, string> Connections => databases.ConnectionStrings.ToDictionary(one => one.Key, one => instead?.GetValueOrDefault(one.Key) ?? one.Value);

    /// <summary>What the program of the check is started with.</summary>
    public string[] Arguments => [.. Connections.Select(one => $"--ConnectionStrings:{one.Key.NameOf()}={one.Value}"), "--Verify:ConfirmAfter=00:00:00"];

    public Task<InvariantReport> CheckAsync() => InvariantCheck.RunAsync(Connections, Options, CancellationToken.None);

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Connections[Database.Users] + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>As the owner of the table, whom no trigger stops.</summary>
    public Task ForceAsync(string sql) => ExecuteAsync($"ALTER TABLE audit DISABLE TRIGGER USER; {sql}; ALTER TABLE audit ENABLE TRIGGER USER");

    public async Task<string> HashOfAsync(long number)
    {
        await using var db = Open();
        return Convert.ToHexStringLower(await db.Set<AuditEntry>().Where(entry => entry.Number == number).Select(entry => entry.Hash!).SingleAsync());
    }

    public async Task AddAsync(string action, JsonObject? after = null)
    {
        await using var db = Open();
        db.Record(new AuditFact(action) { After = after });
        await db.SaveChangesAsync();
    }

    /// <summary>Commits some time after it wrote.</summary>
    public async Task AddSlowlyAsync(string action, int milliseconds)
    {
        await using var db = Open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Record(new AuditFact(action));
        await db.SaveChangesAsync();
        await db.Database.ExecuteSqlAsync($"SELECT pg_sleep({milliseconds / 1000.0})");
        await transaction.CommitAsync();
    }

    public async Task SealAsync()
    {
        await using var db = Open();
        while ((await AuditSealing.SealAsync(db, CancellationToken.None)).Count == AuditSealing.Batch)
        {
        }
    }

    public ValueTask DisposeAsync() => dispose?.Invoke() ?? ValueTask.CompletedTask;

    public UsersDb Open() => new(new DbContextOptionsBuilder<UsersDb>().UseNpgsql(Connections[Database.Users] + ";Pooling=false").UseSnakeCaseNamingConvention().Options);
}

using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using ShTP.Testing;

namespace ShTP.Services.Tests.OldSystem;

/// <summary>A database as the old system left it, and its folder of uploads.</summary>
internal sealed class OldDatabase : IAsyncDisposable
{
    // As the old system had it: no foreign keys where rows dangle, names in snake case and in camel case, one that is renamed.
    private const string Schema =
        """
        CREATE TYPE event_type AS ENUM ('olimpiad', 'event');
        CREATE TABLE groups (uuid uuid PRIMARY KEY, name varchar, color varchar, created_at timestamp, updated_at timestamp);
        CREATE TABLE users (uuid uuid PRIMARY KEY, email varchar, password varchar, "firstName" varchar, "lastName" varchar, patronymic_name varchar,
            role int, shtp_maintainer boolean, "groupId" uuid, learning_class int, nick_name varchar, rating int, avatar varchar, telegram varchar,
            github varchar, stepik varchar, kaggle varchar, website varchar, tech_stack text, about_text text, created_at timestamp, updated_at timestamp);
        CREATE TABLE achievements (uuid uuid PRIMARY KEY, user_id uuid, event_type event_type, title varchar, description text, attachment_name varchar,
            points int, accepted_at timestamp, accepted_by uuid, created_at timestamp, updated_at timestamp);
        CREATE TABLE notifications (uuid uuid PRIMARY KEY, "toUser" uuid, type int, data json, viewed boolean, created_at timestamp, updated_at timestamp);
        CREATE TABLE system_notifications (uuid uuid PRIMARY KEY, type varchar, active boolean, title varchar, content text, created_at timestamp, updated_at timestamp);
        CREATE TABLE tasks (uuid uuid PRIMARY KEY, author_id uuid, title varchar, text text, time_limit int, memory_limit int, day_challenge boolean,
            tests json, tests_types json, function_name varchar, created_at timestamp, updated_at timestamp);
        CREATE TABLE contests (uuid uuid PRIMARY KEY, author_id uuid, title varchar, description text, deadline timestamp, tasks json, for_groups uuid[],
            for_learning_class int, mark5 int, mark4 int, mark3 int, created_at timestamp, updated_at timestamp);
        CREATE TABLE submits (uuid uuid PRIMARY KEY, user_id uuid, task_id uuid, refered_contest uuid, source varchar, status int, solved boolean,
            git_commit_id varchar, tests_results json, created_at timestamp, updated_at timestamp)
        """;

    private static readonly DateTime Beginning = new(2023, 9, 1, 10, 0, 0, DateTimeKind.Unspecified);

    private readonly TestDatabase _database;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("shtp-old-");
    private int _rows;

    private OldDatabase(TestDatabase database) => _database = database;

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Where files are that must never be reached.</summary>
    public string Outside => _folder.FullName;

    public string Uploads => Path.Combine(_folder.FullName, "uploads");

    public string Report => Path.Combine(_folder.FullName, "report.jsonl");

    public static async Task<OldDatabase> CreateAsync(string schema = Schema)
    {
        var old = new OldDatabase(await PostgresServer.CreateEmptyDatabaseAsync());
        foreach (var name in new[] { "avatars", "achievements", "tasks_source_codes" })
            Directory.CreateDirectory(Path.Combine(old.Uploads, name));
        await old.ExecuteAsync(schema);
        return old;
    }

    public void AddFile(string path, byte[] content) => File.WriteAllBytes(Path.Combine(Uploads, path), content);

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A row, a second later than the one before; the database reads each value as its column's type.</summary>
    public async Task<Guid> AddAsync(string table, params (string Column, object? Value)[] values)
    {
        var id = Guid.NewGuid();
        var time = Beginning.AddSeconds(++_rows).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        List<(string Column, object? Value)> all = [("uuid", id), .. values];
        foreach (var column in new[] { "created_at", "updated_at" })
        {
            if (values.All(value => value.Column != column))
                all.Add((column, time));
        }

        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        var names = string.Join(", ", all.Select(value => $"\"{value.Column}\""));
        await using var command = new NpgsqlCommand($"INSERT INTO {table} ({names}) VALUES ({string.Join(", ", all.Select((_, i) => $"${i + 1}"))})", connection);
        foreach (var (_, value) in all)
        {
            var text = value is null ? (object)DBNull.Value : Convert.ToString(value, CultureInfo.InvariantCulture)!;
            command.Parameters.Add(new NpgsqlParameter { Value = text, NpgsqlDbType = NpgsqlDbType.Unknown });
        }

        await command.ExecuteNonQueryAsync();
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using ShTP.Achievements;
using ShTP.Assignments;
using ShTP.Auth;
using ShTP.Files;
using ShTP.Import;
using ShTP.Notifications;
using ShTP.ServiceDefaults;
using ShTP.Services.Tests.Files;
using ShTP.Testing;
using ShTP.Users;

namespace ShTP.Services.Tests.OldSystem;

/// <summary>A line of the report.</summary>
internal sealed record Line(string Table, string Id, string? Uuid, string Outcome, string[] Reasons);

/// <summary>What a run left behind.</summary>
internal sealed record Ran(int ExitCode, string Output, string Errors, IReadOnlyList<Line> Lines)
{
    public Line Of(string table, Guid id) => Lines.Single(line => line.Table == table && line.Id == id.ToString());

    /// <summary>How a row fared, with the reasons.</summary>
    public string Fate(string table, Guid id)
    {
        var line = Of(table, id);
        return line.Reasons.Length == 0 ? line.Outcome : $"{line.Outcome}: {string.Join("; ", line.Reasons)}";
    }
}

/// <summary>Every service that an import goes to, real and on a database of its own.</summary>
internal sealed class ImportSystem : IAsyncDisposable
{
    private const string ClaimsQuery = "SELECT count(*) FROM claims";

    private readonly StorageFolder _folder = new();
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly Dictionary<string, string> _addresses = [];
    private readonly Dictionary<string, string> _databases = [];

    private ImportSystem()
    {
    }

    public ServiceHost<AuthDb> Auth { get; private set; } = null!;

    public ServiceHost<UsersDb> Users { get; private set; } = null!;

    public ServiceHost<FilesDb> Files { get; private set; } = null!;

    public ServiceHost<AchievementsDb> Achievements { get; private set; } = null!;

    public ServiceHost<NotificationsDb> Notifications { get; private set; } = null!;

    public ServiceHost<AssignmentsDb> Assignments { get; private set; } = null!;

    public static async Task<ImportSystem> StartAsync()
    {
        var system = new ImportSystem();
        system.Files = await system.StartAsync<FilesDb>(ResourceNames.Files, ResourceNames.FilesDb, ("Files:Directory", system._folder.Path), ("Files:LinkKey", StorageFolder.LinkKey));
        // Auth and Users call each other.
        var auth = $"http://127.0.0.1:{FreePort.Find()}";
        system.Users = await system.StartAsync<UsersDb>(ResourceNames.Users, ResourceNames.UsersDb, ($"services:{ResourceNames.Auth}:grpc:0", auth));
        system.Auth = await system.StartAsync<AuthDb>(ResourceNames.Auth, ResourceNames.AuthDb, ("Kestrel:Endpoints:grpc:Url", auth),
            ("Auth:KeyEncryptionKey", "a secret of the tests, long enough"), ("Auth:KeyPropagation", "00:00:00"), ("Auth:Hashing:MemoryKib", "64"), ("Auth:Hashing:Passes", "1"));
        system.Achievements = await system.StartAsync<AchievementsDb>(ResourceNames.Achievements, ResourceNames.AchievementsDb, ("Files:LinkKey", StorageFolder.LinkKey));
        system.Notifications = await system.StartAsync<NotificationsDb>(ResourceNames.Notifications, ResourceNames.NotificationsDb);
        system.Assignments = await system.StartAsync<AssignmentsDb>(ResourceNames.Assignments, ResourceNames.AssignmentsDb);
        return system;
    }

    /// <summary>Runs the import in this process.</summary>
    public async Task<Ran> RunAsync(OldDatabase old, string[]? args = null, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        string[] settings = [.. Settings(old).Select(setting => $"--{setting.Key}={setting.Value}"), .. args ?? []];
        var code = await ImportRun.RunAsync(settings, output, errors, cancellationToken);
        return new Ran(code, output.ToString(), errors.ToString(), ReadReport(old));
    }

    /// <summary>Starts the import as the process that an operator starts.</summary>
    public Process Start(OldDatabase old, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ShTP.Import.dll"), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in Settings(old))
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return Process.Start(start)!;
    }

    /// <summary>Rows by table, and claims on files once every message has arrived.</summary>
    public async Task<SortedDictionary<string, int>> CountAsync()
    {
        await Eventually.HoldsAsync(
            async () => await CountAsync(ResourceNames.Users, "SELECT count(*) FROM outbox") + await CountAsync(ResourceNames.Achievements, "SELECT count(*) FROM outbox") == 0,
            "every file is claimed");
        var counts = new SortedDictionary<string, int> { ["claims"] = await CountAsync(ResourceNames.Files, ClaimsQuery) };
        foreach (var (service, table) in new[]
        {
            (ResourceNames.Users, "groups"), (ResourceNames.Users, "users"), (ResourceNames.Users, "rating_entries"), (ResourceNames.Auth, "credentials"),
            (ResourceNames.Achievements, "achievements"), (ResourceNames.Notifications, "notifications"), (ResourceNames.Notifications, "banners"),
            (ResourceNames.Assignments, "tasks"), (ResourceNames.Assignments, "contests"), (ResourceNames.Assignments, "submissions"),
        })
            counts[table] = await CountAsync(service, $"SELECT count(*) FROM {table}");
        return counts;
    }

    /// <summary>The number that a query gives in the database of a service.</summary>
    public async Task<int> CountAsync(string service, string query)
    {
        await using var connection = new NpgsqlConnection(_databases[service]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Files in the storage.</summary>
    public int StoredFiles => _folder.Contents().Length;

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_owned))
            await one.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The lines of the last run.</summary>
    public static IReadOnlyList<Line> ReadReport(OldDatabase old)
    {
        if (!File.Exists(old.Report))
            return [];
        // Somebody may be writing.
        using var reader = new StreamReader(new FileStream(old.Report, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = new List<Line>();
        foreach (var text in reader.ReadToEnd().Split('\n').SkipLast(1))
        {
            using var line = JsonDocument.Parse(text);
            if (line.RootElement.TryGetProperty("run", out _))
                lines.Clear();
            else if (line.RootElement.TryGetProperty("table", out _))
                lines.Add(JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web)!);
        }

        return lines;
    }

    private Dictionary<string, string?> Settings(OldDatabase old)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ServiceIdentity:PrivateKey"] = TestKeys.ConfigurationOf(ResourceNames.Import)["ServiceIdentity:PrivateKey"],
            ["ConnectionStrings:old"] = old.ConnectionString,
            ["Import:Uploads"] = old.Uploads,
            ["Import:Report"] = old.Report,
            ["Import:Columns:users:avatar_path"] = "avatar",
        };
        foreach (var (service, address) in _addresses)
            settings[$"services:{service}:grpc:0"] = address;
        return settings;
    }

    private async Task<ServiceHost<TContext>> StartAsync<TContext>(string name, string connection, params (string Key, string Value)[] settings)
        where TContext : Microsoft.EntityFrameworkCore.DbContext
    {
        var database = await PostgresServer.CreateDatabaseAsync<TContext>();
        _owned.Add(database);
        _databases[name] = database.ConnectionString;
        // Those that were started before are its neighbours.
        var configuration = _addresses.ToDictionary(entry => $"services:{entry.Key}:grpc:0", entry => (string?)entry.Value);
        configuration[$"ConnectionStrings:{connection}"] = database.ConnectionString;
        foreach (var (key, value) in settings)
            configuration[key] = value;
        var host = await ServiceHost<TContext>.StartAsync(name, configuration);
        _owned.Add(host);
        _addresses[name] = host.GrpcAddress.ToString().TrimEnd('/');
        return host;
    }
}

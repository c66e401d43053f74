using Npgsql;
using ShTP.Invariants;

namespace ShTP.Backup.Postgres;

/// <summary>One of the databases, and how programs reach it.</summary>
/// <param name="Database">Whose it is.</param>
/// <param name="Settings">Its connection string, of Npgsql.</param>
internal sealed record Target(Database Database, NpgsqlConnectionStringBuilder Settings)
{
    private const int ConnectSeconds = 15;

    // A count over a large table, or a statement of a restore.
    private const int CommandSeconds = 600;

    /// <summary>Such as <c>usersdb</c>.</summary>
    public string Name => Database.NameOf();

    /// <summary>The connection string, or null with a fault when it is none.</summary>
    public static Target? Parse(Database database, string? text, out string? fault)
    {
        fault = null;
        var setting = $"ConnectionStrings:{database.NameOf()}";
        if (string.IsNullOrWhiteSpace(text))
        {
            fault = $"{setting} is not set.";
            return null;
        }

        try
        {
            var settings = new NpgsqlConnectionStringBuilder(text) { Pooling = false, Timeout = ConnectSeconds, CommandTimeout = CommandSeconds, ApplicationName = "ShTP backup" };
            if (settings is { Host.Length: > 0, Database.Length: > 0, Username.Length: > 0 })
                return new Target(database, settings);
            fault = $"{setting} must name Host, Database and Username.";
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException)
        {
            // The exception may quote the password.
            fault = $"{setting} is not a connection string of PostgreSQL.";
        }

        return null;
    }

    /// <summary>An open connection of one's own.</summary>
    /// <exception cref="BackupException">The database cannot be reached.</exception>
    public Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) => NamedAsync(async () =>
    {
        var connection = new NpgsqlConnection(Settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    });

    /// <summary>Runs what uses the database; its errors name the database.</summary>
    /// <exception cref="BackupException">An error of the database.</exception>
    public async Task<T> NamedAsync<T>(Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            throw new BackupException($"{Name}: {fault.Message}", fault);
        }
    }

    /// <summary>What libpq reads instead of arguments, which everybody on the machine could read.</summary>
    public IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            var environment = new Dictionary<string, string>
            {
                ["PGHOST"] = Settings.Host!,
                ["PGPORT"] = Settings.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["PGDATABASE"] = Settings.Database!,
                ["PGUSER"] = Settings.Username!,
                ["PGPASSWORD"] = Settings.Password ?? "",
                ["PGCONNECT_TIMEOUT"] = ConnectSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["PGAPPNAME"] = Settings.ApplicationName!,
                ["PGSSLMODE"] = Settings.SslMode switch
                {
                    SslMode.VerifyCA => "verify-ca",
                    SslMode.VerifyFull => "verify-full",
                    var mode => mode.ToString().ToLowerInvariant(),
                },
                ["LC_ALL"] = "C",
            };
            if (Settings.RootCertificate is { Length: > 0 } root)
                environment["PGSSLROOTCERT"] = root;
            return environment;
        }
    }
}

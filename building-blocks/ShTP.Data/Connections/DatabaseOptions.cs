using ShTP.ServiceDefaults;

namespace ShTP.Data.Connections;

/// <summary>Use of the database server; section <c>Database</c>.</summary>
internal sealed class DatabaseOptions
{
    private const int Most = 1000;

    /// <summary>Connections of the pool of one process, where its connection string does not tell.</summary>
    public int PoolSize { get; set; } = DatabaseConnections.PoolSize;

    public IEnumerable<string> FindFaults()
    {
        if (PoolSize is < 1 or > Most)
            yield return $"Database:PoolSize must be between 1 and {Most}, it is {PoolSize}.";
    }
}

using System.Globalization;
using Npgsql;
using ShTP.ServiceDefaults;

namespace ShTP.AppHost.Postgres;

/// <summary>
/// Makes server and pools fit each other. Our own servers take what the services may use. A server elsewhere takes what it
/// takes, so the services share that.
/// </summary>
internal static class ConnectionShares
{
    // A service that is replaced by its next version, or has a second instance, runs twice.
    private const int Instances = 2;

    // Health checks of the databases, tools, and those that PostgreSQL reserves.
    private const int Others = 25;

    // With fewer a service works, but its calls wait for each other.
    private const int SmallestPool = 4;

    private const string Room = """
        SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true)::int, 0)
        """;

    /// <summary>The <c>max_connections</c> for a number of databases with one service each.</summary>
    public static string MaxConnections(int databases) =>
        (databases * Instances * (DatabaseConnections.PoolSize + DatabaseConnections.OutsidePool) + Others).ToString(CultureInfo.InvariantCulture);

    /// <summary>The server in a container takes as many connections as its services may use.</summary>
    public static IResourceBuilder<PostgresServerResource> WithRoomForPools(this IResourceBuilder<PostgresServerResource> postgres) => postgres.WithArgs(context =>
    {
        context.Args.Add("-c");
        context.Args.Add($"max_connections={MaxConnections(postgres.Resource.Databases.Count)}");
    });

    /// <summary>Gives each service the same share of a server elsewhere; nothing for servers of our own.</summary>
    public static void ShareServer(this IEnumerable<IResourceBuilder<ProjectResource>> services, IResourceBuilder<PostgresServerResource> postgres, AppHostOptions options)
    {
        if (options.PostgresElsewhere is not { } server)
            return;
        foreach (var service in services.Where(service => service.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().Any(relation => relation.Resource is PostgresDatabaseResource)))
        {
            service.WithEnvironment(async context => context.EnvironmentVariables["Database__PoolSize"] =
                PoolSize(await ReadRoomAsync(server, context.CancellationToken), postgres.Resource.Databases.Count).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The size of each pool where a server takes <paramref name="room"/> connections.</summary>
    /// <exception cref="DistributedApplicationException">There is not enough room.</exception>
    internal static int PoolSize(int room, int databases)
    {
        var pool = Math.Min(DatabaseConnections.PoolSize, ((room - Others) / databases) - DatabaseConnections.OutsidePool);
        return pool >= SmallestPool ? pool : throw new DistributedApplicationException(
            $"The PostgreSQL server of ConnectionStrings:postgres takes {room} connections, but {databases} services and their tools need at least " +
            $"{(databases * (SmallestPool + DatabaseConnections.OutsidePool)) + Others}. Raise its max_connections.");
    }

    private static async Task<int> ReadRoomAsync(NpgsqlConnectionStringBuilder server, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false, Database = "postgres" }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Room, connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

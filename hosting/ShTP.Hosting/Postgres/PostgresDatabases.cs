using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Aspire.Hosting.Postgres;

internal static class PostgresDatabases
{
    /// <summary>Creates those databases of the model that the server does not have.</summary>
    public static async Task CreateAsync(PostgresServerResource server, IServiceProvider services, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(await server.GetConnectionStringAsync(cancellationToken))
        {
            Database = "postgres",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var logger = services.GetRequiredService<ResourceLoggerService>().GetLogger(server);
        foreach (var (resource, database) in server.Databases)
            try
            {
                var name = database.Replace("\"", "\"\"");
                await using var command = new NpgsqlCommand($"CREATE DATABASE \"{name}\"", connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
                logger.LogInformation("Created database '{Database}'", database);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // There from an earlier run, or another application creates it at this moment.
            }
            catch (PostgresException e)
            {
                logger.LogError(e, "Failed to create database '{Database}' of resource '{Resource}'", database, resource);
            }
    }
}

using Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.ServiceDefaults.Configuration;

namespace Microsoft.Extensions.Hosting;

/// <summary>Stands in for Aspire's integration of the same name where its package is not used.</summary>
public static class AspireEFPostgreSqlExtensions
{
    private const string Section = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";
    private const int DefaultCommandTimeout = 15;
    private const int DefaultPoolSize = 30;

    // Together well below the 10 seconds that a call has.
    private const int MaxRetries = 3;
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A pooled context on <c>ConnectionStrings:{connectionName}</c> with retry of transient failures, which is why
    /// transactions of one's own go through <c>Database.CreateExecutionStrategy()</c>; and its health check.
    /// </summary>
    public static void AddNpgsqlDbContext<TContext>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlEntityFrameworkCorePostgreSQLSettings>? configureSettings = null,
        Action<DbContextOptionsBuilder>? configureDbContextOptions = null)
        where TContext : DbContext
    {
        var settings = new NpgsqlEntityFrameworkCorePostgreSQLSettings();
        builder.Configuration.GetSection(Section).Bind(settings);
        builder.Configuration.GetSection($"{Section}:{connectionName}").Bind(settings);
        builder.Configuration.GetSection($"{Section}:{typeof(TContext).Name}").Bind(settings);
        if (builder.Configuration.GetConnectionString(connectionName) is { Length: > 0 } configured)
            settings.ConnectionString = configured;
        configureSettings?.Invoke(settings);

        var connectionString = Complete(settings.ConnectionString, connectionName, out var fault);
        builder.Services.AddStartCheck(_ => fault is null ? [] : [fault]);
        builder.Services.AddDbContextPool<TContext>(options =>
        {
            if (fault is not null && !EF.IsDesignTime)
                throw new InvalidOperationException(fault);
            options.UseNpgsql(connectionString, npgsql =>
            {
                npgsql.CommandTimeout(settings.CommandTimeout ?? DefaultCommandTimeout);
                if (!settings.DisableRetry)
                    npgsql.EnableRetryOnFailure(MaxRetries, MaxRetryDelay, errorCodesToAdd: null);
            });
            configureDbContextOptions?.Invoke(options);
        });
        if (!settings.DisableHealthChecks)
            builder.Services.AddHealthChecks().AddDbContextCheck<TContext>();
    }

    private static string? Complete(string? text, string connectionName, out string? fault)
    {
        fault = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            fault = $"ConnectionStrings:{connectionName} is not set; it must be a connection string of PostgreSQL.";
            return null;
        }

        try
        {
            var connection = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(connection.Host))
                fault = $"ConnectionStrings:{connectionName} names no Host.";
            if (!connection.ContainsKey("Maximum Pool Size"))
                connection.MaxPoolSize = DefaultPoolSize;
            if (!connection.ContainsKey("Timeout"))
                connection.Timeout = 5;
            return connection.ConnectionString;
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException)
        {
            // The exception may quote the password.
            fault = $"ConnectionStrings:{connectionName} is not a connection string of PostgreSQL.";
            return null;
        }
    }
}

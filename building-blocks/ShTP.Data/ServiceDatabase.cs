using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ShTP.Data.Connections;
using ShTP.Data.Caching;
using ShTP.Data.Retention;
using ShTP.Rpc.Errors;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Data;

/// <summary>Database access of services, with all its limits in one place.</summary>
public static class ServiceDatabase
{
    // Seconds. Except for one slow command, all of it stays below the 10 seconds of a call.
    private const int ConnectTimeout = 5;
    private const int CommandTimeout = 15;
    private const int MaxRetries = 3;
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(1);

    // Npgsql prepares statements only with this setting. The value is the number of different statements of the largest service, rounded up.
    private const int PreparedStatements = 100;

    /// <summary>
    /// Registers a pooled context for <c>ConnectionStrings:{connectionName}</c> with snake_case names, a health check
    /// and retries of transient failures. Because of the retries, explicit transactions go through
    /// <see cref="Transactions"/>. Values of the connection string override the defaults for timeout,
    /// pool and preparation. A missing or malformed connection string stops the start.
    /// </summary>
    public static WebApplicationBuilder AddServiceDatabase<TContext>(this WebApplicationBuilder builder, string connectionName)
        where TContext : DbContext
    {
        string? fault = null;
        string? completed = null;
        var pool = builder.ReadOptions<DatabaseOptions>("Database", options => options.FindFaults()).PoolSize;
        builder.AddNpgsqlDbContext<TContext>(connectionName,
            settings =>
            {
                settings.ConnectionString = completed = Complete(settings.ConnectionString, connectionName, pool, out fault);
                settings.CommandTimeout ??= CommandTimeout;
                // Aspire's retries last half a minute; shorter ones are configured below.
                settings.DisableRetry = true;
                // The service defaults collect both, but only when they are exported.
                settings.DisableTracing = true;
                settings.DisableMetrics = true;
            },
            options => options
                .UseNpgsql(npgsql => npgsql.ExecutionStrategy(dependencies => new TransientRetries(dependencies, MaxRetries, MaxRetryDelay)))
                .UseSnakeCaseNamingConvention()
                .AddInterceptors(new AfterCommitExtensions.Interceptor()));
        builder.Services.AddStartCheck(_ => fault is null ? [] : [fault]);
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ConnectionClaim>(provider, connectionName, () => completed!));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ConnectionClaim>());
        builder.Services.AddSingleton<SchemaCheck<TContext>>();
        builder.Services.AddHealthChecks().AddCheck<ConnectionClaim>("connections").AddCheck<SchemaCheck<TContext>>("schema");
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<RetentionJob<TContext>>().AddHostedService(provider => provider.GetRequiredService<RetentionJob<TContext>>());
        builder.Services.AddSingleton(new FaultTranslation(DatabaseErrors.Translate));
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddNpgsql());
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter("Npgsql"));
        return builder;
    }

    private static string? Complete(string? text, string connectionName, int pool, out string? fault)
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
            SetDefault("Timeout", ConnectTimeout);
            SetDefault("Maximum Pool Size", pool);
            SetDefault("Max Auto Prepare", PreparedStatements);
            // The pool gives its connections in turn, and each of them counts for itself.
            SetDefault("Auto Prepare Min Usages", 2);
            // Undoing what a session has set costs the server more than most queries, and no user of the pool sets anything
            // (docs/decisions/0046; the architecture tests look for it).
            SetDefault("No Reset On Close", true);
            return connection.ConnectionString;

            void SetDefault(string keyword, object value)
            {
                // ContainsKey is true for every keyword that Npgsql knows, set or not.
                if (!connection.Keys.Contains(keyword, StringComparer.OrdinalIgnoreCase))
                    connection[keyword] = value;
            }
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException)
        {
            // The exception may quote the password.
            fault = $"ConnectionStrings:{connectionName} is not a connection string of PostgreSQL.";
            return null;
        }
    }
}

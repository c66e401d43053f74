namespace Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;

/// <summary>Settings of a context's database; the same as in the package of this name.</summary>
public sealed class NpgsqlEntityFrameworkCorePostgreSQLSettings
{
    /// <summary>Overridden by <c>ConnectionStrings:{connectionName}</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether a transient failure is final.</summary>
    public bool DisableRetry { get; set; }

    /// <summary>Whether <c>/health</c> leaves the database out.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether commands are not traced. Traces are collected only when they are exported.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether the pool is not measured. Metrics are collected only when they are exported.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>Seconds a command may take; 15 when not set.</summary>
    public int? CommandTimeout { get; set; }
}

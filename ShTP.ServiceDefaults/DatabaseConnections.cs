namespace ShTP.ServiceDefaults;

/// <summary>How many connections to PostgreSQL one process of a service uses at most.</summary>
public static class DatabaseConnections
{
    /// <summary>Size of the pool, unless it is configured.</summary>
    public const int PoolSize = 30;

    /// <summary>Those outside the pool: of the outbox, of the service's own notifications, the claim itself, a command or a migration.</summary>
    public const int OutsidePool = 4;
}

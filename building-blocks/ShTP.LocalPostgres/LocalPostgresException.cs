namespace ShTP.LocalPostgres;

/// <summary>A local PostgreSQL could not be found, created, started or stopped. The message has the reason and what to do.</summary>
public class LocalPostgresException : Exception
{
    public LocalPostgresException(string message) : base(message)
    {
    }

    public LocalPostgresException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>There is no PostgreSQL on this machine, and none could be fetched; the message lists the choices.</summary>
public sealed class PostgresNotFoundException(string message) : LocalPostgresException(message);

namespace ShTP.LocalPostgres;

/// <summary>A local PostgreSQL could not be found, created, started or stopped; the message says why and what to do.</summary>
public sealed class LocalPostgresException : Exception
{
    public LocalPostgresException(string message) : base(message)
    {
    }

    public LocalPostgresException(string message, Exception inner) : base(message, inner)
    {
    }
}

using System.Globalization;
using Npgsql;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A server that somebody else runs, by its connection string.</summary>
internal sealed class ExternalPostgres(string name, string connectionString)
{
    private readonly NpgsqlConnectionStringBuilder _parts = Parse(name, connectionString);

    public ReferenceExpression Expression => ReferenceExpression.Create($"{_parts.ConnectionString}");

    public ReferenceExpression ForDatabase(string database) => ReferenceExpression.Create(
        $"{new NpgsqlConnectionStringBuilder(_parts.ConnectionString) { Database = database }.ConnectionString}");

    public ReferenceExpression Uri(string path = "") => ReferenceExpression.Create(
        $"postgresql://{_parts.Username:uri}:{_parts.Password:uri}@{_parts.Host}:{PortText}{path}");

    public ReferenceExpression Jdbc(string path = "") =>
        ReferenceExpression.Create($"jdbc:postgresql://{_parts.Host}:{PortText}{path}");

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> Properties() => [
        new("Host", ReferenceExpression.Create($"{_parts.Host}")),
        new("Port", ReferenceExpression.Create($"{PortText}")),
        new("Username", ReferenceExpression.Create($"{_parts.Username}")),
        new("Password", ReferenceExpression.Create($"{_parts.Password}")),
        new("Uri", Uri()),
        new("JdbcConnectionString", Jdbc())];

    public AllocatedEndpoint Endpoint(EndpointAnnotation annotation) => new(annotation, _parts.Host ?? "localhost", _parts.Port);

    private string PortText => _parts.Port.ToString(CultureInfo.InvariantCulture);

    private static NpgsqlConnectionStringBuilder Parse(string name, string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new DistributedApplicationException($"The connection string 'ConnectionStrings:{name}' is not one for PostgreSQL: {e.Message}", e);
        }
    }
}

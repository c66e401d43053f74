using System.Globalization;
using Npgsql;

namespace ShTP.Data.Connections;

/// <summary>What a server takes, and who may use how much of it.</summary>
/// <param name="Most">Its <c>max_connections</c>.</param>
/// <param name="Reserved">Those of them that are for administrators.</param>
/// <param name="RoleLimit">Those that the own role may use; negative without a limit.</param>
/// <param name="DatabaseLimit">Those that the own database may have; negative without a limit.</param>
/// <param name="Claims">What the running processes of ShTP may use, this one included.</param>
/// <param name="Others">Connections that others use now, of databases without a claim.</param>
internal sealed record ServerRoom(int Most, int Reserved, int RoleLimit, int DatabaseLimit, IReadOnlyList<Claim> Claims, int Others)
{
    // Advisory locks of all databases are seen in each of them, also by roles without any rights.
    private static readonly string Query = $"""
        SELECT current_setting('max_connections')::int,
               current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0),
               (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
               (SELECT datconnlimit FROM pg_database WHERE datname = current_database()),
               (SELECT count(*)::int FROM pg_stat_activity a WHERE a.datid IS NOT NULL AND a.datid NOT IN (
                   SELECT database FROM pg_locks WHERE locktype = 'advisory' AND classid = {AdvisoryLocks.Connections} AND objsubid = 2));
        SELECT d.datname, l.objid::bigint::int, coalesce(a.usename = current_user, false), d.datname = current_database()
        FROM pg_locks l JOIN pg_database d ON d.oid = l.database LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.classid = {AdvisoryLocks.Connections} AND l.objsubid = 2 AND l.granted
        """;

    public static async Task<ServerRoom> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var room = new ServerRoom(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), [], reader.GetInt32(4));
        await reader.NextResultAsync(cancellationToken);
        var claims = new List<Claim>();
        while (await reader.ReadAsync(cancellationToken))
            claims.Add(new(reader.GetString(0), reader.GetInt32(1), reader.GetBoolean(2), reader.GetBoolean(3)));
        return room with { Claims = claims };
    }

    /// <summary>Why the claims do not fit, with settings and numbers; null when they do.</summary>
    /// <param name="connectionName">The name of the own connection string.</param>
    /// <param name="pool">Size of the own pool.</param>
    /// <param name="own">What this process claims, the pool included.</param>
    public string? FindFault(string connectionName, int pool, int own)
    {
        var ofServer = Claims.Sum(claim => claim.Count) + Others;
        var (limit, needed, name, remedy) = (Most - Reserved, ofServer, $"the server takes {Most - Reserved} (max_connections {Most}, of which {Reserved} are reserved)", $"max_connections to {ofServer + Reserved}");
        if (RoleLimit >= 0 && SumOf(claim => claim.IsOwnRole) is var ofRole && ofRole > RoleLimit)
            (limit, needed, name, remedy) = (RoleLimit, ofRole, $"the role has a CONNECTION LIMIT of {RoleLimit}", $"it to {ofRole}");
        else if (DatabaseLimit >= 0 && SumOf(claim => claim.IsOwnDatabase) is var ofDatabase && ofDatabase > DatabaseLimit)
            (limit, needed, name, remedy) = (DatabaseLimit, ofDatabase, $"the database has a CONNECTION LIMIT of {DatabaseLimit}", $"it to {ofDatabase}");
        return needed <= limit ? null : Describe(connectionName, pool, own, needed - limit, name, needed, remedy);
    }

    private string Describe(string connectionName, int pool, int own, int excess, string name, int needed, string remedy)
    {
        var smaller = pool > excess ? string.Create(CultureInfo.InvariantCulture, $"to at most {pool - excess}") : "of all services";
        var running = string.Join(", ", Claims.GroupBy(claim => claim.Database).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Sum(claim => claim.Count)}"));
        return $"ConnectionStrings:{connectionName}: the pools do not fit into the PostgreSQL server. Processes of ShTP may use up to {needed} connections, but {name}. " +
            $"This one may use {own}: a Maximum Pool Size of {pool}, and {own - pool} more. By database, with this one: {running}; other programs: {Others}. " +
            $"Raise {remedy} or more, or lower Database:PoolSize (or Maximum Pool Size of the connection string) {smaller}.";
    }

    private int SumOf(Func<Claim, bool> isMeant) => Claims.Where(isMeant).Sum(claim => claim.Count);
}

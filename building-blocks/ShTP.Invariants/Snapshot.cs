using System.Data;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using ShTP.AuditChain;

namespace ShTP.Invariants;

/// <summary>
/// All databases, each as it was when the snapshot was opened, and only read. The moments differ by milliseconds, because
/// PostgreSQL has no snapshot of several databases.
/// </summary>
internal sealed partial class Snapshot : IAsyncDisposable
{
    private const int SecondsPerQuery = 600;

    private const string AuditQuery =
        """
        SELECT number, hash, id, at, action, is_refused, actor_id, actor_role, actor_service, subject_ids, object_kind, object_id,
            before, after, address, request_id, trace_id
        FROM audit WHERE number IS NOT NULL ORDER BY number
        """;

    private readonly Dictionary<Database, NpgsqlConnection> _connections = [];
    private readonly Dictionary<FactQuery, HashSet<string>> _sets = [];
    private readonly TimeSpan _stuckAfter;
    private HashSet<string>? _inFlight;

    private Snapshot(TimeSpan stuckAfter) => _stuckAfter = stuckAfter;

    /// <summary>The ends of the audits that were read.</summary>
    public Dictionary<Database, AuditHead> Heads { get; } = [];

    /// <exception cref="InvariantCheckException">A database cannot be read.</exception>
    public static async Task<Snapshot> OpenAsync(IReadOnlyDictionary<Database, string> connections, TimeSpan stuckAfter, CancellationToken cancellationToken)
    {
        var snapshot = new Snapshot(stuckAfter);
        try
        {
            foreach (var database in DatabaseNames.All)
                await snapshot.ConnectAsync(database, connections[database], cancellationToken);
            // The first query takes the snapshot: all are taken in a row, after all connections stand.
            foreach (var database in DatabaseNames.All)
                await snapshot.BeginAsync(database, cancellationToken);
            return snapshot;
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    /// <summary>The rows of a query, whose columns are texts.</summary>
    /// <exception cref="InvariantCheckException">The database cannot be read.</exception>
    public async IAsyncEnumerable<string[]> ReadAsync(Database database, string query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, _connections[database]);
        if (query.Contains("@stuck", StringComparison.Ordinal))
            command.Parameters.AddWithValue("stuck", _stuckAfter);
        await using var reader = await NamedAsync(database, () => command.ExecuteReaderAsync(cancellationToken));
        while (await NamedAsync(database, () => reader.ReadAsync(cancellationToken)))
        {
            var row = new string[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = reader.GetString(i);
            yield return row;
        }
    }

    /// <summary>The sealed entries of an audit, in the order of their numbers.</summary>
    /// <exception cref="InvariantCheckException">The database cannot be read.</exception>
    public async IAsyncEnumerable<SealedEntry> ReadAuditAsync(Database database, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AuditQuery, _connections[database]);
        await using var reader = await NamedAsync(database, () => command.ExecuteReaderAsync(cancellationToken));
        while (await NamedAsync(database, () => reader.ReadAsync(cancellationToken)))
        {
            yield return new SealedEntry(reader.GetInt64(0), reader.IsDBNull(1) ? [] : reader.GetFieldValue<byte[]>(1), new EntryContent(
                reader.GetGuid(2), new DateTimeOffset(reader.GetDateTime(3)), reader.GetString(4), reader.GetBoolean(5), IdIn(6), TextIn(7), TextIn(8),
                reader.GetFieldValue<Guid[]>(9), TextIn(10), TextIn(11), TextIn(12), TextIn(13), TextIn(14), TextIn(15), TextIn(16)));
        }

        Guid? IdIn(int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

        string? TextIn(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>The first column of a query, read once.</summary>
    /// <exception cref="InvariantCheckException">The database cannot be read.</exception>
    public async Task<IReadOnlySet<string>> ReadSetAsync(FactQuery query, CancellationToken cancellationToken)
    {
        if (_sets.TryGetValue(query, out var known))
            return known;
        var set = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in ReadAsync(query.Database, query.Query, cancellationToken))
            set.Add(row[0]);
        return _sets[query] = set;
    }

    /// <summary>All ids that undelivered messages of any service speak of, read once.</summary>
    /// <exception cref="InvariantCheckException">A database cannot be read.</exception>
    public async Task<IReadOnlySet<string>> ReadInFlightAsync(CancellationToken cancellationToken)
    {
        if (_inFlight is not null)
            return _inFlight;
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var database in DatabaseNames.All)
        {
            await using var command = new NpgsqlCommand("SELECT payload FROM outbox", _connections[database]);
            await using var reader = await NamedAsync(database, () => command.ExecuteReaderAsync(cancellationToken));
            while (await NamedAsync(database, () => reader.ReadAsync(cancellationToken)))
                ids.UnionWith(IdsIn(Encoding.Latin1.GetString(reader.GetFieldValue<byte[]>(0))));
        }

        return _inFlight = ids;
    }

    /// <summary>The ids in a text.</summary>
    public static IEnumerable<string> IdsIn(string text) => Id().Matches(text).Select(match => match.Value);

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
            await connection.DisposeAsync();
    }

    private async Task ConnectAsync(Database database, string connectionString, CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = SecondsPerQuery, ApplicationName = "ShTP invariants", Pooling = false };
        }
        catch (ArgumentException fault)
        {
            throw new InvariantCheckException($"The connection string {database.NameOf()} is wrong: {fault.Message}", fault);
        }

        var connection = _connections[database] = new NpgsqlConnection(settings.ConnectionString);
        await NamedAsync(database, async () =>
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        });
    }

    private async Task BeginAsync(Database database, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SET TRANSACTION READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0; SELECT 1", _connections[database]);
        await NamedAsync(database, async () =>
        {
            // Ended by the end of the connection.
            _ = await _connections[database].BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        });
    }

    private static async Task<T> NamedAsync<T>(Database database, Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            throw new InvariantCheckException($"{database.NameOf()} cannot be read: {fault.Message}", fault);
        }
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();
}

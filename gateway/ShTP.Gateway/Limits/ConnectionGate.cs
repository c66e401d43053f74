using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using ShTP.Gateway.Edge;

namespace ShTP.Gateway.Limits;

/// <summary>
/// Bounds the connections of all clients and of each address. Where a bound is reached, a new connection takes the place of
/// the one that has waited longest for a request or for the rest of its headers. Connections on which a request is
/// served are never cut; when all are, the new one is refused with 503.
/// </summary>
internal sealed partial class ConnectionGate
{
    // A client that has just connected is about to send its request.
    private static readonly TimeSpan SafeFor = TimeSpan.FromSeconds(1);

    // Log, database of time zones, connections to the services.
    private const int OwnFiles = 512;

    private readonly ConnectionOptions _options;
    private readonly TrustedNetworks _proxies;
    private readonly RefusedConnections _refused;
    private readonly TimeProvider _time;
    private readonly int _total;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, AddressConnections> _addresses = [];
    private readonly LinkedList<ClientConnection> _idle = new();
    private int _count;

    public ConnectionGate(ConnectionOptions options, TrustedNetworks proxies, RefusedConnections refused, LimitMetrics metrics, TimeProvider time, ILogger<ConnectionGate> logger)
    {
        (_options, _proxies, _refused, _time) = (options, proxies, refused, time);
        _total = options.Total;
        if (OpenFiles.FindLimit() is { } files && files - OwnFiles < _total)
        {
            // Without a file for it a connection cannot even be refused.
            _total = Math.Max(1, files - OwnFiles);
            LogFewFiles(logger, files, _total, options.Total);
        }

        metrics.Observe("shtp.gateway.connections", "Open connections of clients.", () => Volatile.Read(ref _count));
    }

    /// <summary>Serves a connection, or refuses it.</summary>
    public async Task ServeAsync(ConnectionContext context, ConnectionDelegate next)
    {
        if (Admit(context) is not { } connection)
        {
            await _refused.AnswerAsync(context);
            return;
        }

        context.Items[typeof(ClientConnection)] = connection;
        try
        {
            await next(context);
        }
        finally
        {
            lock (_gate)
                Remove(connection);
        }
    }

    /// <summary>Serves a request. Its connection does not count as idle until the end.</summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        // Absent where a request comes without a connection, as in memory.
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items || !items.TryGetValue(typeof(ClientConnection), out var found))
        {
            await next(context);
            return;
        }

        var connection = (ClientConnection)found!;
        Begin(connection);
        try
        {
            await next(context);
        }
        finally
        {
            End(connection);
        }
    }

    private ClientConnection? Admit(ConnectionContext context)
    {
        var client = (context.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        var connection = Admit(context, client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client, out var displaced);
        if (displaced is not null)
        {
            _refused.CountDisplaced();
            displaced.Context.Abort(new ConnectionAbortedException("Another connection took the place of this one, which was idle."));
        }

        return connection;
    }

    private ClientConnection? Admit(ConnectionContext context, IPAddress client, out ClientConnection? displaced)
    {
        displaced = null;
        var network = ClientFacts.NetworkOf(client);
        lock (_gate)
        {
            if (!_addresses.TryGetValue(network, out var address))
                address = new(network);
            // All clients of a proxy have its address.
            var isFull = address.Count >= _options.PerAddress && !_proxies.Contains(client);
            if (isFull || _count >= _total)
            {
                if ((isFull ? address.Idle : _idle).First?.Value is not { } oldest || _time.GetElapsedTime(oldest.IdleSince) < SafeFor)
                    return null;
                Remove(displaced = oldest);
            }

            return Add(new ClientConnection(context, address));
        }
    }

    private ClientConnection Add(ClientConnection connection)
    {
        _addresses[connection.Address.Network] = connection.Address;
        connection.Address.Count++;
        _count++;
        AddIdle(connection);
        return connection;
    }

    private void Remove(ClientConnection connection)
    {
        if (connection.HasLeft)
            return;
        connection.HasLeft = true;
        RemoveIdle(connection);
        _count--;
        if (--connection.Address.Count == 0)
            _addresses.Remove(connection.Address.Network);
    }

    private void Begin(ClientConnection connection)
    {
        lock (_gate)
        {
            if (connection.Requests++ == 0)
                RemoveIdle(connection);
        }
    }

    private void End(ClientConnection connection)
    {
        lock (_gate)
        {
            if (--connection.Requests == 0 && !connection.HasLeft)
                AddIdle(connection);
        }
    }

    private void AddIdle(ClientConnection connection)
    {
        connection.IdleSince = _time.GetTimestamp();
        _idle.AddLast(connection.InAll);
        connection.Address.Idle.AddLast(connection.InAddress);
    }

    private static void RemoveIdle(ClientConnection connection)
    {
        connection.InAll.List?.Remove(connection.InAll);
        connection.InAddress.List?.Remove(connection.InAddress);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The process may open {Files} files, so it takes {Total} connections at the same time instead of the {Configured} of Gateway:Connections:Total")]
    private static partial void LogFewFiles(ILogger logger, int files, int total, int configured);
}

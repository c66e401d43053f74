using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

/// <summary>Options of a local run, from command line, environment or user secrets. Publishing uses none of them.</summary>
internal sealed record AppHostOptions
{
    private const int DefaultPort = 8080;

    // Aspire puts the password into connection strings as it is.
    private const string Unquotable = ";'\"";

    /// <summary><c>--port</c>: port of the gateway, the only fixed one. Null in tests, which use a free one.</summary>
    public int? Port { get; private init; }

    /// <summary>False with <c>--Data=ephemeral</c>. Otherwise the next run finds the data of this one.</summary>
    public bool KeepsData { get; private init; }

    /// <summary><c>--Postgres:Server=container</c> instead of a local process.</summary>
    public bool HasPostgresContainer { get; private init; }

    /// <summary><c>ConnectionStrings:postgres</c>: an external server.</summary>
    public NpgsqlConnectionStringBuilder? PostgresElsewhere { get; private init; }

    /// <summary>
    /// <c>--OnFailure=end</c> or <c>stay</c>: whether a resource that cannot start stops the application. The default
    /// is <c>end</c>, except under an IDE, under Aspire's command line tool and in tests, which show failures
    /// themselves.
    /// </summary>
    public bool EndsOnFailure { get; private init; }

    /// <summary><c>--CrashRestart=false</c> turns restarts of crashed services off.</summary>
    public bool RestartsCrashed { get; private init; }

    /// <summary><c>--demo</c>: create the demo school when the gateway is healthy.</summary>
    public bool MakesDemo { get; private init; }

    /// <summary>False when options are wrong. Each fault has been written as one or two lines.</summary>
    public static bool TryRead(IDistributedApplicationBuilder builder, TextWriter errors, out AppHostOptions options)
    {
        options = new AppHostOptions { KeepsData = true };
        if (builder.ExecutionContext.IsPublishMode)
            return true;
        var faults = new List<string>();
        options = new AppHostOptions
        {
            Port = ReadPort(builder, faults),
            KeepsData = Choice("Data", "ephemeral", null) is null,
            HasPostgresContainer = Choice("Postgres:Server", "container", "local") is "container",
            PostgresElsewhere = ReadPostgres(builder, faults),
            EndsOnFailure = (Choice("OnFailure", "end", "stay") ?? (IsWatched(builder) ? "stay" : "end")) is "end",
            RestartsCrashed = Choice("CrashRestart", "true", "false") is not "false",
            MakesDemo = Choice("demo", "true", "false") is "true",
        };
        _ = Choice(AppHostSettings.Dashboard, "true", "false");
        faults.AddRange(AppHostSettings.FindFaults(builder.Configuration));
        foreach (var fault in faults)
            errors.WriteLine(fault);
        return faults.Count == 0;

        string? Choice(string setting, string one, string? other)
        {
            var value = builder.Configuration[setting]?.ToLowerInvariant();
            if (value is not null && value != one && value != other)
                faults.Add(other is null
                    ? $"--{setting}={builder.Configuration[setting]}: the only value is '{one}'."
                    : $"--{setting}={builder.Configuration[setting]}: it is '{one}' or '{other}'.");
            return value;
        }
    }

    /// <summary>Whether a server on this machine's loopback could take the port now.</summary>
    public static bool IsFree(int port)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                return false;
            }
            catch (SocketException)
            {
                // No IPv6 on this machine.
            }

        return true;
    }

    private static int? ReadPort(IDistributedApplicationBuilder builder, List<string> faults)
    {
        var port = DefaultPort;
        if (builder.Configuration["port"] is { } setting && !(int.TryParse(setting, CultureInfo.InvariantCulture, out port) && port is > 0 and <= IPEndPoint.MaxPort))
            faults.Add($"--port {setting}: a port is a number from 1 to {IPEndPoint.MaxPort}.");
        else if (!HasRandomPorts(builder) && !IsFree(port))
            faults.Add($"Port {port} is taken by another program. Choose another port:\n" +
                $"  dotnet run --project ShTP.AppHost -- --port {(port == IPEndPoint.MaxPort ? DefaultPort : port + 1)}");
        return HasRandomPorts(builder) ? null : port;
    }

    private static NpgsqlConnectionStringBuilder? ReadPostgres(IDistributedApplicationBuilder builder, List<string> faults)
    {
        const string setting = $"ConnectionStrings:{ResourceNames.Postgres}";
        if (builder.Configuration[setting] is not { Length: > 0 } text)
            return null;
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text);
            if (parts is not { Host.Length: > 0, Username.Length: > 0, Password.Length: > 0 })
                faults.Add($"{setting} must name Host, Username and Password.");
            else if (parts.Password.AsSpan().ContainsAny(Unquotable) || parts.Password.Trim() != parts.Password)
                faults.Add($"{setting}: a password with quotes, semicolons or blanks around it cannot be passed on to the services.");
            return parts;
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException)
        {
            // The exception may quote the password.
            faults.Add($"{setting} is not a connection string of PostgreSQL.");
            return null;
        }
    }

    // Used by tests.
    private static bool HasRandomPorts(IDistributedApplicationBuilder builder) => builder.Configuration["DcpPublisher:RandomizePorts"] is "true" or "True";

    private static bool IsWatched(IDistributedApplicationBuilder builder) => Debugger.IsAttached || HasRandomPorts(builder) ||
        builder.Configuration["DEBUG_SESSION_PORT"] is not null || builder.Configuration["ASPIRE_CLI_PID"] is not null;
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ShTP.AppHost;

internal static class PublicPort
{
    private const int Default = 8080;

    /// <summary>The port of the gateway; false, with a message, when it cannot be used.</summary>
    public static bool TryGetPublicPort(this IDistributedApplicationBuilder builder, out int port)
    {
        port = Default;
        var setting = builder.Configuration["port"];
        if (setting is not null && !(int.TryParse(setting, CultureInfo.InvariantCulture, out port) &&
            port is > 0 and <= IPEndPoint.MaxPort))
        {
            Console.Error.WriteLine($"--port {setting}: a port is a number from 1 to {IPEndPoint.MaxPort}.");
            return false;
        }
        // Tests get random ports, and publishing needs none.
        var needed = builder.ExecutionContext.IsRunMode && !builder.HasRandomPorts();
        if (!needed || IsFree(port))
            return true;
        Console.Error.WriteLine($"Port {port} is taken by another program. Choose another port:");
        Console.Error.WriteLine($"  dotnet run --project ShTP.AppHost -- --port {(port == IPEndPoint.MaxPort ? Default : port + 1)}");
        return false;
    }

    /// <summary>Whether every port is chosen anew, as tests ask for.</summary>
    public static bool HasRandomPorts(this IDistributedApplicationBuilder builder) =>
        builder.Configuration["DcpPublisher:RandomizePorts"] is "true" or "True";

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
}

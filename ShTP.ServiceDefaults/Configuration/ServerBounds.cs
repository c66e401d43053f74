using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Applies <see cref="ServerOptions"/>.</summary>
public static class ServerBounds
{
    /// <summary>Further connections are closed, and counted by Kestrel's metric <c>kestrel.rejected_connections</c>.</summary>
    public static WebApplicationBuilder BoundConnections(this WebApplicationBuilder builder)
    {
        var options = builder.ReadOptions<ServerOptions>("Server", options => options.FindFaults());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        });
        return builder;
    }
}

using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;

namespace ShTP.ServiceDefaults;

/// <summary>What every service and the gateway have in common.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Telemetry, health checks, service discovery, resilience of outgoing calls and the identity of the process
    /// among the services. <paramref name="name"/> is its resource name.
    /// </summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string name) => throw new NotImplementedException();

    /// <summary>gRPC with access control, error mapping and limits; RPCs without an <c>access</c> option stop the start.</summary>
    public static WebApplicationBuilder AddGrpcDefaults(this WebApplicationBuilder builder) => throw new NotImplementedException();

    /// <summary>
    /// A typed gRPC client of another service, found by service discovery at its <c>grpc</c> endpoint; calls carry a
    /// service token for it, the trace, and the deadline of the call being served (10 seconds when there is none).
    /// </summary>
    public static WebApplicationBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service)
        where TClient : ClientBase => throw new NotImplementedException();

    /// <summary>Delivers what <see cref="Outbox.OutboxExtensions.Enqueue"/> stored.</summary>
    public static WebApplicationBuilder AddOutbox<TContext>(this WebApplicationBuilder builder)
        where TContext : DbContext => throw new NotImplementedException();

    /// <summary><c>/health</c> with all checks and <c>/alive</c> with those of the process alone.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app) => throw new NotImplementedException();

    /// <summary>
    /// With the argument <c>migrate</c> brings the database up to date and returns; else serves, and in Development
    /// brings the database up to date first. The result is the exit code.
    /// </summary>
    public static Task<int> MigrateOrRunAsync<TContext>(this WebApplication app, string[] args)
        where TContext : DbContext => throw new NotImplementedException();
}

using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Data.Outbox;

/// <summary>The outbox as a part of a service.</summary>
public static class OutboxRegistration
{
    /// <summary>Delivers what <see cref="OutboxExtensions.Enqueue"/> stored, and forgets inbox entries after 30 days.</summary>
    public static WebApplicationBuilder AddOutbox<TContext>(this WebApplicationBuilder builder)
        where TContext : DbContext
    {
        builder.Services.AddSingleton(builder.ReadOptions<OutboxOptions>("Outbox", options => options.FindFaults()));
        builder.Services.AddSingleton<OutboxTelemetry>();
        builder.Services.AddSingleton<OutboxDeliveries>();
        builder.Services.AddSingleton<OutboxStore, OutboxStore<TContext>>();
        builder.Services.AddSingleton<OutboxDelivery>();
        builder.Services.AddHostedService<OutboxDispatcher>();
        builder.Services.AddHealthChecks().AddCheck<OutboxHealthCheck>("outbox");
        return builder;
    }
}

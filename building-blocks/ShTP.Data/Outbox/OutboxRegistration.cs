using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Data.Outbox;

/// <summary>Registration of the outbox in a service.</summary>
public static class OutboxRegistration
{
    /// <summary>Delivers messages stored by <see cref="OutboxExtensions.Enqueue"/>, and deletes inbox entries after 30 days.</summary>
    public static WebApplicationBuilder AddOutbox<TContext>(this WebApplicationBuilder builder)
        where TContext : DbContext
    {
        var options = builder.Configuration.GetSection("Outbox").Get<OutboxOptions>() ?? new OutboxOptions();
        builder.Services.AddStartCheck(_ => options.FindFaults());
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<OutboxTelemetry>();
        builder.Services.AddSingleton<OutboxDeliveries>();
        builder.Services.AddSingleton<OutboxStore, OutboxStore<TContext>>();
        builder.Services.AddSingleton<OutboxDelivery>();
        builder.Services.AddHostedService<OutboxDispatcher>();
        builder.Services.AddHealthChecks().AddCheck<OutboxHealthCheck>("outbox");
        return builder;
    }
}

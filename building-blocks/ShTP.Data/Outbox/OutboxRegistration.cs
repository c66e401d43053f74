using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Data.Retention;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Data.Outbox;

/// <summary>Registration of the outbox in a service.</summary>
public static class OutboxRegistration
{
    /// <summary>Delivers messages stored by <see cref="OutboxExtensions.Enqueue"/>, and deletes inbox entries after <see cref="OutboxOptions.InboxDays"/>.</summary>
    public static WebApplicationBuilder AddOutbox<TContext>(this WebApplicationBuilder builder)
        where TContext : DbContext
    {
        builder.Services.AddSingleton(builder.ReadOptions<OutboxOptions>("Outbox", options => options.FindFaults()));
        builder.Services.AddSingleton<OutboxTelemetry>();
        builder.Services.AddSingleton<OutboxDeliveries>();
        builder.Services.AddSingleton<OutboxStore, OutboxStore<TContext>>();
        builder.Services.AddSingleton<OutboxDelivery>();
        builder.Services.AddHostedService<OutboxDispatcher>();
        builder.Services.AddRetention(provider => RetentionRule.Delete("inbox", TimeSpan.FromDays(provider.GetRequiredService<OutboxOptions>().InboxDays), (TContext db, DateTimeOffset moment) =>
        {
            var end = moment.UtcDateTime;
            return db.Set<InboxMessage>().Where(message => message.ReceivedAt < end).OrderBy(message => message.ReceivedAt);
        }));
        builder.Services.AddHealthChecks().AddCheck<OutboxHealthCheck>("outbox");
        return builder;
    }
}

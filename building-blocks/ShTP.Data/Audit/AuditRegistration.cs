using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ShTP.Data.Retention;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Data.Audit;

/// <summary>Registration of the audit in a service.</summary>
public static class AuditRegistration
{
    /// <summary>Keeps the calls that the contract says are kept; after <c>AddOutbox</c> and <c>AddIdempotency</c>, in whose transaction it writes.</summary>
    public static WebApplicationBuilder AddAudit<TContext>(this WebApplicationBuilder builder)
        where TContext : DbContext
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(builder.ReadOptions<AuditOptions>("Audit", options => options.FindFaults()));
        builder.Services.AddSingleton<AuditSignal>();
        builder.Services.AddSingleton<AuditInterceptor<TContext>>();
        builder.Services.AddSingleton<AuditSealer<TContext>>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AuditSealer<TContext>>());
        builder.Services.AddRetention(provider => AuditRetention.Rule<TContext>(TimeSpan.FromDays(provider.GetRequiredService<AuditOptions>().KeepDays)));
        builder.Services.ConfigureDbContext<TContext>((services, options) => options.AddInterceptors(new AuditChanges(services.GetRequiredService<AuditSignal>())));
        builder.Services.Configure<GrpcServiceOptions>(options => options.Interceptors.Add<AuditInterceptor<TContext>>());
        return builder;
    }
}

using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ShTP.Data.Retention;

namespace ShTP.Data.Idempotency;

/// <summary>Calls that can be repeated without a second effect.</summary>
public static class IdempotencyExtensions
{
    /// <summary>The table <c>recorded_calls</c>; called by <c>OnModelCreating</c> of every context whose service has RPCs with effects for users.</summary>
    public static ModelBuilder AddRecordedCalls(this ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfiguration(new RecordedCall.Configuration());

    /// <summary>Answers repeated calls of the service's RPCs with the first one's answer; after <c>AddRpcServer</c> and <c>AddOutbox</c>.</summary>
    public static WebApplicationBuilder AddIdempotency<TContext>(this WebApplicationBuilder builder)
        where TContext : DbContext
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<CallSeal>();
        builder.Services.AddSingleton<IdempotencyInterceptor<TContext>>();
        builder.Services.AddRetention(_ => RetentionRule.Delete("recorded_calls", (TContext db, DateTimeOffset now) =>
            db.Set<RecordedCall>().Where(call => call.ExpiresAt <= now).OrderBy(call => call.ExpiresAt)));
        builder.Services.Configure<GrpcServiceOptions>(options => options.Interceptors.Add<IdempotencyInterceptor<TContext>>());
        return builder;
    }
}

using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ShTP.Auth.V1;
using ShTP.Protos;
using ShTP.ServiceDefaults.Access;
using ShTP.ServiceDefaults.Clients;
using ShTP.ServiceDefaults.Configuration;
using ShTP.ServiceDefaults.Data;
using ShTP.ServiceDefaults.Errors;
using ShTP.ServiceDefaults.Health;
using ShTP.ServiceDefaults.Outbox;
using ShTP.ServiceDefaults.Telemetry;

namespace ShTP.ServiceDefaults;

/// <summary>What every service and the gateway have in common.</summary>
public static class ServiceDefaultsExtensions
{
    private const int MaxMessageSize = 4 * 1024 * 1024;

    /// <summary>
    /// Telemetry, health checks, service discovery, resilience of outgoing calls and the identity of the process
    /// among the services. <paramref name="name"/> is its resource name; with <paramref name="isCalled"/> users' tokens
    /// are checked by the keys and the revocations of Auth.
    /// </summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string name, bool isCalled = true)
    {
        TelemetryDefaults.Add(builder, name);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var services = builder.Services;
        services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthEndpoints.LiveTag]);
        services.AddServiceDiscovery();
        services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton<StartChecks>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<StartChecks>());
        var configuration = builder.Configuration;
        services.AddStartCheck(_ => ServiceIdentity.FindFaults(configuration, name));

        services.TryAddSingleton(new AccessRules(Contract.ShTP));
        services.AddSingleton(_ => ServiceIdentity.Read(configuration, name));
        services.AddSingleton<ServiceTokens>();
        services.AddSingleton<ServiceTokenValidator>();
        services.AddSingleton<ServiceChannels>();
        if (!isCalled)
            return builder;
        services.AddSingleton<TokenValidator>();
        if (name != ResourceNames.Auth)
        {
            builder.AddServiceClient<AuthService.AuthServiceClient>(ResourceNames.Auth);
            builder.AddServiceClient<AuthInternal.AuthInternalClient>(ResourceNames.Auth);
            services.TryAddSingleton<ISigningKeySource, JwksKeySource>();
            services.TryAddSingleton<IRevocationSource, AuthRevocations>();
        }

        AddRevocations(builder);
        return builder;
    }

    private static void AddRevocations(WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("Revocations").Get<RevocationOptions>() ?? new RevocationOptions();
        builder.Services.AddStartCheck(_ => options.FindFaults());
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<Revocations>();
        builder.Services.AddHostedService<RevocationWatcher>();
        builder.Services.AddHealthChecks().AddCheck<RevocationHealth>("revocations");
    }

    /// <summary>gRPC with access control, error mapping and limits; RPCs without an <c>access</c> option stop the start.</summary>
    public static WebApplicationBuilder AddGrpcDefaults(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // The gateway multiplexes everybody's calls over few connections.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * 1024 * 1024;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        });
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.Services.AddSingleton<AccessInterceptor>();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxMessageSize;
            options.MaxSendMessageSize = MaxMessageSize;
            options.EnableDetailedErrors = false;
            options.Interceptors.Add<ErrorInterceptor>();
            options.Interceptors.Add<AccessInterceptor>();
        });
        builder.Services.AddStartCheck(MappedRpcs.FindFaults);
        return builder;
    }

    /// <summary>
    /// A typed gRPC client of another service, found by service discovery at its <c>grpc</c> endpoint; calls carry a
    /// service token for it, the trace, and the deadline of the call being served (10 seconds when there is none).
    /// Streams have no deadline of their own. RPCs without side effects are tried twice when it cannot be reached.
    /// </summary>
    public static WebApplicationBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service)
        where TClient : ClientBase
    {
        builder.Services.TryAddSingleton(provider =>
            ActivatorUtilities.CreateInstance<TClient>(provider, provider.GetRequiredService<ServiceChannels>().For(service)));
        var configuration = builder.Configuration;
        builder.Services.AddStartCheck(_ => configuration.GetSection($"services:{service}:grpc").GetChildren().Any()
            ? []
            : [$"services:{service}:grpc:0 is not set; it must be the address of {service}, such as http://localhost:5102."]);
        return builder;
    }

    /// <summary>Delivers what <see cref="OutboxExtensions.Enqueue"/> stored, and forgets inbox entries after 30 days.</summary>
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

    /// <summary>Signed names of private files, by the key that Files checks them with.</summary>
    public static WebApplicationBuilder AddSignedNames(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        builder.Services.AddStartCheck(_ => SignedNames.TryReadKey(configuration[SignedNames.KeySetting], out var _, out var fault) ? [] : [fault]);
        builder.Services.AddSingleton(provider => SignedNames.TryReadKey(configuration[SignedNames.KeySetting], out var key, out var fault)
            ? new SignedNames(key, provider.GetRequiredService<TimeProvider>())
            : throw new InvalidOperationException(fault));
        return builder;
    }

    /// <summary><c>/health</c> with all checks and <c>/alive</c> with those of the process alone, on HTTP/1.1 only.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.Services.GetRequiredService<StartChecks>().Routes = app;
        HealthEndpoints.Map(app);
        return app;
    }

    /// <summary>
    /// With the argument <c>migrate</c> brings the database up to date and returns; with <c>outbox retry</c> makes
    /// parked messages due again and returns; else serves, and in Development brings the database up to date first.
    /// The result is the exit code.
    /// </summary>
    public static async Task<int> MigrateOrRunAsync<TContext>(this WebApplication app, string[] args)
        where TContext : DbContext
    {
        if (args is ["migrate", ..])
            return await Migrations.RunAsync<TContext>(app.Services);
        if (args is ["outbox", "retry", ..])
            return await Migrations.RetryParkedAsync(app.Services);

        return await app.RunCheckedAsync(app.Environment.IsDevelopment() ? () => Migrations.RunAsync<TContext>(app.Services) : null);
    }

    /// <summary>
    /// Serves once everything that is checked at start is right; else says on standard error all that is wrong. The
    /// result is the exit code.
    /// </summary>
    public static Task<int> RunCheckedAsync(this WebApplication app, Func<Task>? beforeServing = null) => app.DoCheckedAsync(Console.Error, async () =>
    {
        if (beforeServing is not null)
            await beforeServing();
        await app.RunAsync();
        return 0;
    });

    /// <summary>The same for a program that serves nothing: does <paramref name="work"/>, whose result is the exit code.</summary>
    public static async Task<int> DoCheckedAsync(this WebApplication app, TextWriter errors, Func<Task<int>> work)
    {
        try
        {
            app.Services.GetRequiredService<StartChecks>().ThrowIfFaulty();
        }
        catch (StartException fault)
        {
            // Not a crash: whoever starts it wants the list and no stack, and not through a logger that may be set to silence.
            await errors.WriteLineAsync(fault.Message);
            return 1;
        }

        return await work();
    }
}

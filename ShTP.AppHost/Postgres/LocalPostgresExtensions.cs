using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using ShTP.LocalPostgres;

namespace ShTP.AppHost.Postgres;

internal static class LocalPostgresExtensions
{
    private const string BinariesSetting = "Postgres:Binaries";

    /// <summary>
    /// Adds the PostgreSQL server of <paramref name="options"/>: external, in a container, or by default a local
    /// process (<see cref="RunAsLocalProcess"/>). Publishing always uses the container.
    /// </summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgresServer(this IDistributedApplicationBuilder builder, string name,
        IResourceBuilder<ParameterResource> password, SystemData data, PortBlock ports, AppHostOptions options)
    {
        if (options.PostgresElsewhere is { } elsewhere)
            return builder.AddServerElsewhere(name, elsewhere);
        var postgres = builder.AddPostgres(name, password: password);
        if (options.KeepsData)
            postgres.WithDataVolume();
        return options.HasPostgresContainer || builder.ExecutionContext.IsPublishMode
            ? postgres.WithRoomForPools()
            : postgres.RunAsLocalProcess(ports.TakePort(), data.PostgresFolder);
    }

    /// <summary>
    /// Runs the server as a local process instead of a container, with the same resource, databases, connection
    /// strings, health checks and commands. <paramref name="dataDirectory"/> null: the data is deleted after the run.
    /// </summary>
    public static IResourceBuilder<PostgresServerResource> RunAsLocalProcess(this IResourceBuilder<PostgresServerResource> postgres,
        int port, string? dataDirectory)
    {
        var builder = postgres.ApplicationBuilder;
        if (!builder.ExecutionContext.IsRunMode)
            return postgres;
        postgres.WithoutContainer().WithEndpoint(postgres.Resource.PrimaryEndpoint.EndpointName, endpoint =>
        {
            endpoint.Port = endpoint.TargetPort = port;
            endpoint.IsProxied = false;
        }, createIfNotExists: false);

        // The orchestrator must stop the services first, because their database has to end last.
        builder.Configuration["DcpPublisher:WaitForResourceCleanup"] ??= "true";

        builder.Services.TryAddSingleton<LocalServers>();
        LocalServer? server = null;
        LocalServer Server() => server ?? throw new DistributedApplicationException($"'{postgres.Resource.Name}' is not initialized.");
        postgres.OnInitializeResource((resource, start, cancellationToken) =>
        {
            server = new LocalServer(resource, start, port, dataDirectory, builder.Configuration[BinariesSetting]);
            start.Services.GetRequiredService<LocalServers>().Add(server);
            return server.InitializeAsync(cancellationToken);
        });
        return postgres.WithAnnotation(new LocalServerAnnotation(Server)).WithServerCommands(Server);
    }

    private static IResourceBuilder<PostgresServerResource> AddServerElsewhere(this IDistributedApplicationBuilder builder, string name, NpgsqlConnectionStringBuilder server)
    {
        var postgres = builder.AddPostgres(name,
            builder.AddParameter($"{name}-user", server.Username!),
            builder.AddParameter($"{name}-password-elsewhere", server.Password!, secret: true));
        return postgres.WithoutContainer()
            .WithEndpoint(postgres.Resource.PrimaryEndpoint.EndpointName, endpoint => endpoint.IsProxied = false, createIfNotExists: false)
            .OnInitializeResource((resource, start, cancellationToken) => new ServerStates(resource, start).AnnounceAsync(server.Host!, server.Port, cancellationToken));
    }

    // A resource without an image is not a container, so the orchestrator leaves its lifecycle to the events.
    private static IResourceBuilder<PostgresServerResource> WithoutContainer(this IResourceBuilder<PostgresServerResource> postgres)
    {
        foreach (var image in postgres.Resource.Annotations.OfType<ContainerImageAnnotation>().ToArray())
            postgres.Resource.Annotations.Remove(image);
        // Shown in the details only, because a browser cannot open it.
        postgres.WithUrls(urls =>
        {
            urls.Urls.RemoveAll(url => url.Endpoint is null);
            foreach (var url in urls.Urls)
                url.DisplayLocation = UrlDisplayLocation.DetailsOnly;
        });
        return postgres.WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = "PostgreSQL",
            State = KnownResourceStates.NotStarted,
            CreationTimeStamp = DateTime.UtcNow,
            Properties = [],
        });
    }

    private static IResourceBuilder<PostgresServerResource> WithServerCommands(this IResourceBuilder<PostgresServerResource> postgres, Func<LocalServer> server)
    {
        return postgres
            .WithCommand(KnownResourceCommands.StartCommand, "Start", context => RunAsync(l => l.StartAsync(context.CancellationToken)), new CommandOptions
            {
                IconName = "Play",
                IconVariant = IconVariant.Filled,
                IsHighlighted = true,
                UpdateState = context => HasEnded(context.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
            })
            .WithCommand(KnownResourceCommands.StopCommand, "Stop", _ => RunAsync(l => l.StopAsync()), new CommandOptions
            {
                IconName = "Stop",
                IconVariant = IconVariant.Filled,
                IsHighlighted = true,
                UpdateState = context => IsRunning(context.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
            })
            .WithCommand(KnownResourceCommands.RestartCommand, "Restart", context => RunAsync(async l =>
            {
                await l.StopAsync();
                await l.StartAsync(context.CancellationToken);
            }), new CommandOptions
            {
                IconName = "ArrowCounterclockwise",
                UpdateState = context => IsRunning(context.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            });

        async Task<ExecuteCommandResult> RunAsync(Func<LocalServer, Task> command)
        {
            try
            {
                await command(server());
                return CommandResults.Success();
            }
            catch (LocalPostgresException fault)
            {
                return CommandResults.Failure(fault.Message);
            }
        }
    }

    private static bool HasEnded(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text);

    private static bool IsRunning(CustomResourceSnapshot snapshot) => snapshot.State?.Text == KnownResourceStates.Running;
}

/// <summary>The local server of a resource.</summary>
internal sealed record LocalServerAnnotation(Func<LocalServer> Server) : IResourceAnnotation;

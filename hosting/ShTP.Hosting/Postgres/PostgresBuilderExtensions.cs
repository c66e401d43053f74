using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static class PostgresBuilderExtensions
{
    /// <summary>
    /// Adds a PostgreSQL server: the one of the connection string <c>ConnectionStrings:NAME</c> if configuration has it,
    /// else a local process, with throw-away data unless <see cref="WithDataVolume"/> is called.
    /// </summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(this IDistributedApplicationBuilder builder, string name,
        IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        var server = new PostgresServerResource(name, userName?.Resource, password?.Resource ??
            ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password"))
        {
            External = builder.Configuration.GetConnectionString(name) is { Length: > 0 } connectionString
                ? new ExternalPostgres(name, connectionString)
                : null,
        };
        var resource = builder.AddResource(server)
            .WithEndpoint(port: port, scheme: "tcp", name: PostgresServerResource.PrimaryEndpointName)
            .WithPostgresHealthCheck(builder.Services, server, "postgres")
            .OnResourceReady((_, ready, cancellationToken) =>
                PostgresDatabases.CreateAsync(server, ready.Services, cancellationToken));
        if (server.External is not null)
            foreach (var endpoint in server.Endpoints())
                endpoint.AllocatedEndpoint = server.External.Endpoint(endpoint);
        return resource;
    }

    /// <summary>Adds a database, named like the resource unless given, which is created when the server is ready.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder,
        string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
        var resource = builder.ApplicationBuilder.AddResource(database)
            .WithPostgresHealthCheck(builder.ApplicationBuilder.Services, database, null);
        builder.Resource.AddDatabase(name, database.DatabaseName);
        return resource;
    }

    /// <summary>Keeps the data over restarts, in the user's data folder.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder,
        string? name = null, bool isReadOnly = false) =>
        builder.WithAnnotation(new PostgresDataAnnotation(PostgresDataAnnotation.VolumeDirectory(
            name ?? PostgresDataAnnotation.VolumeName(builder))), ResourceAnnotationMutationBehavior.Replace);

    /// <summary>Keeps the data over restarts, in that directory.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataBindMount(this IResourceBuilder<PostgresServerResource> builder,
        string source, bool isReadOnly = false) =>
        builder.WithAnnotation(new PostgresDataAnnotation(Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory)),
            ResourceAnnotationMutationBehavior.Replace);

    public static IResourceBuilder<PostgresServerResource> WithPassword(this IResourceBuilder<PostgresServerResource> builder,
        IResourceBuilder<ParameterResource> password)
    {
        builder.Resource.PasswordParameter = password.Resource;
        return builder;
    }

    public static IResourceBuilder<PostgresServerResource> WithUserName(this IResourceBuilder<PostgresServerResource> builder,
        IResourceBuilder<ParameterResource> userName)
    {
        builder.Resource.UserNameParameter = userName.Resource;
        return builder;
    }

    public static IResourceBuilder<PostgresServerResource> WithHostPort(this IResourceBuilder<PostgresServerResource> builder,
        int? port) =>
        builder.WithEndpoint(PostgresServerResource.PrimaryEndpointName, endpoint => endpoint.Port = port);

    private static IResourceBuilder<T> WithPostgresHealthCheck<T>(this IResourceBuilder<T> builder, IServiceCollection services,
        IResourceWithConnectionString resource, string? database) where T : IResource
    {
        var key = $"{builder.Resource.Name}_check";
        services.AddHealthChecks().Add(new HealthCheckRegistration(key,
            new PostgresHealthCheck(resource, database), failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }
}

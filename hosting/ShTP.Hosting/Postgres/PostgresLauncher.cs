using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using ShTP.LocalPostgres;

namespace Aspire.Hosting.Postgres;

/// <summary>Starts local servers, and on later starts the same server again: same port, same data.</summary>
internal sealed class PostgresLauncher(ResourceLoggerService loggers, IConfiguration configuration) : ResourceLauncher, IAsyncDisposable
{
    private readonly Dictionary<IResource, PostgresCluster> _clusters = [];

    public override string EndState => KnownResourceStates.Exited;

    public override async Task<RunningResource> LaunchAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var server = (PostgresServerResource)instance.Resource;
        if (server.External is not null)
            return new ExternalServer();
        if (_clusters.TryGetValue(server, out var cluster))
            await cluster.RestartAsync(cancellationToken);
        else
            _clusters[server] = cluster = await PostgresCluster.StartAsync(
                await OptionsAsync(server, instance, cancellationToken), cancellationToken);
        return new LocalServer(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters.Values)
            await cluster.DisposeAsync();
        _clusters.Clear();
    }

    private async Task<PostgresClusterOptions> OptionsAsync(PostgresServerResource server, ResourceInstance instance,
        CancellationToken cancellationToken)
    {
        var directory = server.Annotations.OfType<PostgresDataAnnotation>().LastOrDefault()?.Directory;
        var log = loggers.Log(server.Name);
        return new PostgresClusterOptions
        {
            DataDirectory = directory,
            Durable = directory is not null,
            Port = instance.TargetPorts.Single().Value,
            UserName = await server.UserNameReference.GetValueAsync(cancellationToken) ?? "postgres",
            Password = await server.PasswordParameter.GetValueAsync(cancellationToken),
            Binaries = configuration["Postgres:Binaries"],
            Log = line => log.Write(Level(line), line),
        };
    }

    /// <summary>ERROR ends a statement and FATAL a connection, which its client hears of; PANIC ends the server.</summary>
    private static LogLevel Level(string line) =>
        line.Contains(" PANIC: ", StringComparison.Ordinal) ? LogLevel.Critical : LogLevel.Information;

    private sealed class LocalServer(PostgresCluster cluster) : RunningResource
    {
        public override int? ProcessId { get; } = cluster.ProcessId;

        public override Task<int> Exited { get; } = cluster.Exited;

        public override Task StopAsync(TimeSpan limit) => cluster.StopAsync(limit);
    }

    private sealed class ExternalServer : RunningResource
    {
        private readonly TaskCompletionSource<int> _stopped = new();

        public override int? ProcessId => null;

        public override Task<int> Exited => _stopped.Task;

        /// <summary>Only this application lets go of it.</summary>
        public override Task StopAsync(TimeSpan limit)
        {
            _stopped.TrySetResult(0);
            return Task.CompletedTask;
        }
    }
}

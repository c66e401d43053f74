using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ShTP.Achievements;
using ShTP.Assignments;
using ShTP.Auth;
using ShTP.Data.Audit;
using ShTP.Events;
using ShTP.Files;
using ShTP.Notifications;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.Access;

/// <summary>Every service there is, each by its own entry point on its own database.</summary>
public sealed class RunningServices : IAsyncLifetime
{
    private static readonly string LinkKey = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("shtp-access-");
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly HashSet<string> _keepsAudit = [];
    private readonly Dictionary<string, (CallInvoker Invoker, HashSet<string> Rpcs)> _byArea = [];

    public async ValueTask InitializeAsync()
    {
        var auth = await StartAsync<AuthDb>(ResourceNames.Auth, ResourceNames.AuthDb, new() { ["Auth:KeyEncryptionKey"] = new('k', 32) });
        // The others ask Auth for its keys when they see a token that they do not know.
        var neighbours = new Dictionary<string, string?> { ["services:auth:grpc:0"] = auth.GrpcAddress.ToString().TrimEnd('/') };
        await StartAsync<UsersDb>(ResourceNames.Users, ResourceNames.UsersDb, neighbours);
        await StartAsync<FilesDb>(ResourceNames.Files, ResourceNames.FilesDb, new(neighbours)
        {
            ["Files:Directory"] = _files.FullName,
            ["Files:LinkKey"] = LinkKey,
        });
        await StartAsync<AchievementsDb>(ResourceNames.Achievements, ResourceNames.AchievementsDb, new(neighbours)
        {
            ["Files:LinkKey"] = LinkKey,
        });
        await StartAsync<EventsDb>(ResourceNames.Events, ResourceNames.EventsDb, new(neighbours)
        {
            ["Events:CalendarKey"] = LinkKey,
        });
        await StartAsync<NotificationsDb>(ResourceNames.Notifications, ResourceNames.NotificationsDb, neighbours);
        await StartAsync<AssignmentsDb>(ResourceNames.Assignments, ResourceNames.AssignmentsDb, neighbours);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_owned))
            await one.DisposeAsync();
        _files.Delete(recursive: true);
    }

    /// <summary>Whether the process of the area serves the RPC at all.</summary>
    public bool Serves(string area, string path) => _byArea.TryGetValue(area, out var service) && service.Rpcs.Contains(path);

    /// <summary>Whether calls of the area pass the interceptor that keeps them.</summary>
    public bool KeepsAudit(string area) => _keepsAudit.Contains(area);

    public CallInvoker For(string area) => _byArea[area].Invoker;

    private async Task<ServiceHost<TContext>> StartAsync<TContext>(string name, string connection, Dictionary<string, string?> configuration)
        where TContext : Microsoft.EntityFrameworkCore.DbContext
    {
        var database = await PostgresServer.CreateDatabaseAsync<TContext>();
        _owned.Add(database);
        var host = await ServiceHost<TContext>.StartAsync(name, [.. configuration, new($"ConnectionStrings:{connection}", database.ConnectionString)]);
        _owned.Add(host);
        var rpcs = host.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
            .OfType<string>()
            .ToHashSet();
        var interceptors = host.Services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value.Interceptors;
        if (interceptors.Any(interceptor => interceptor.Type == typeof(AuditInterceptor<TContext>)))
            _keepsAudit.Add(name);
        _byArea[name] = (host.Invoker, rpcs);
        return host;
    }
}

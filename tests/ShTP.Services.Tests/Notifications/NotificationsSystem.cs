using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Api.V1;
using ShTP.Notifications;
using ShTP.Notifications.V1;
using ShTP.ServiceDefaults;
using ShTP.Data.Outbox;
using ShTP.Testing;
using ShTP.Testing.Fakes;
using Xunit;
using NotificationsService = ShTP.Notifications.V1.NotificationsService;

namespace ShTP.Services.Tests.Notifications;

/// <summary>The real service on a database of its own, beside a Users that remembers what it hears.</summary>
public sealed class NotificationsSystem : IAsyncLifetime
{
    private readonly StatementLog _log = new();
    private readonly ConcurrentBag<ServiceHost<NotificationsDb>> _replicas = [];

    private TestDatabase _database = null!;
    private FakeService _usersServer = null!;

    public FakeUsers Users { get; } = new();

    internal ServiceHost<NotificationsDb> Host { get; private set; } = null!;

    /// <summary>What the service has read from the database.</summary>
    public ConcurrentQueue<(string Sql, NpgsqlParameter[] Parameters)> Statements => _log.Statements;

    public string ConnectionString => _database.ConnectionString;

    public NotificationsService.NotificationsServiceClient Teacher => Host.As<NotificationsService.NotificationsServiceClient>(Guid.NewGuid(), Role.Teacher);

    public BannersService.BannersServiceClient Banners => Host.As<BannersService.BannersServiceClient>(Guid.NewGuid(), Role.Teacher);

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync<NotificationsDb>();
        _usersServer = await FakeService.StartAsync(ResourceNames.Users, Users);
        Host = await StartReplicaAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync([.. _replicas, _usersServer, _database]);
    }

    /// <summary>One more process of the service on the same database.</summary>
    internal async Task<ServiceHost<NotificationsDb>> StartReplicaAsync(bool isDisposed = true, params IInterceptor[] faults)
    {
        var replica = await ServiceHost<NotificationsDb>.StartAsync(ResourceNames.Notifications,
        [
            new($"ConnectionStrings:{ResourceNames.NotificationsDb}", _database.ConnectionString),
            _usersServer.Configuration,
        ], services => services.ConfigureDbContext<NotificationsDb>(options => options.AddInterceptors([_log, .. faults])));
        if (isDisposed)
            _replicas.Add(replica);
        await Watch.UntilPossibleAsync(replica);
        return replica;
    }

    public NotificationsService.NotificationsServiceClient As(Guid user) => Host.As<NotificationsService.NotificationsServiceClient>(user, Role.Student);

    public NotificationsInternal.NotificationsInternalClient AsService(string caller) => Host.AsService<NotificationsInternal.NotificationsInternalClient>(caller);

    /// <summary>A message of another service's outbox.</summary>
    public Task NotifyAsync(NotifyRequest request, Guid? message = null) =>
        AsService("events").NotifyAsync(request, MessageId(message)).ResponseAsync;

    /// <summary>Tells the users a text.</summary>
    public Task TellAsync(string text, params Guid[] users) => NotifyAsync(Information(text, users));

    internal async Task<T> WithDbAsync<T>(Func<NotificationsDb, Task<T>> use)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<NotificationsDb>());
    }

    public static Metadata MessageId(Guid? message = null) => new() { { OutboxExtensions.MessageIdHeader, (message ?? Guid.NewGuid()).ToString() } };

    public static NotifyRequest Information(string text, params Guid[] users) =>
        new() { UserIds = { users.Select(user => user.ToString()) }, Type = 4, Data = Fields(("text", text)) };

    public static Struct Fields(params (string Name, object? Value)[] fields)
    {
        var data = new Struct();
        foreach (var (name, value) in fields)
        {
            data.Fields[name] = value switch
            {
                null => Value.ForNull(),
                string text => Value.ForString(text),
                double number => Value.ForNumber(number),
                int number => Value.ForNumber(number),
                bool truth => Value.ForBool(truth),
                _ => Value.ForStruct((Struct)value),
            };
        }

        return data;
    }

    public static string TextOf(Notification notification) => notification.Data.Fields["text"].StringValue;

    /// <summary>Expects the call to fail, and gives its status.</summary>
    public static async Task<Status> FailsAsync<T>(AsyncUnaryCall<T> call)
    {
        var status = (await Assert.ThrowsAsync<RpcException>(async () => await call)).Status;
        return new Status(status.StatusCode, status.Detail);
    }
}

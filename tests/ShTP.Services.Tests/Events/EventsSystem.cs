using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Api.V1;
using ShTP.Events;
using ShTP.Events.V1;
using ShTP.Notifications.V1;
using ShTP.ServiceDefaults;
using ShTP.Data.Outbox;
using ShTP.Testing;
using ShTP.Testing.Fakes;
using Xunit;
using Event = ShTP.Events.School.Event;
using EventsService = ShTP.Events.V1.EventsService;
using Registration = ShTP.Events.School.Registration;

namespace ShTP.Services.Tests.Events;

/// <summary>The real service on a database of its own, between a Users and a Notifications that remember what they hear.</summary>
public sealed class EventsSystem : IAsyncLifetime
{
    private readonly StatementLog _log = new();

    private TestDatabase _database = null!;
    private FakeService _usersServer = null!;
    private FakeService _notificationsServer = null!;
    private int _count;

    public static string CalendarKey { get; } = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    public FakeUsers Users { get; } = new();

    public FakeNotifications Notifications { get; } = new();

    internal ServiceHost<EventsDb> Host { get; private set; } = null!;

    public ConcurrentQueue<(string Sql, NpgsqlParameter[] Parameters)> Statements => _log.Statements;

    public string ConnectionString => _database.ConnectionString;

    public EventsService.EventsServiceClient Teacher => Host.As<EventsService.EventsServiceClient>(TeacherId, Role.Teacher);

    public Guid TeacherId { get; } = Guid.NewGuid();

    public EventsService.EventsServiceClient Anonymous => Host.Anonymous<EventsService.EventsServiceClient>();

    public EventsInternal.EventsInternalClient Internal => Host.AsService<EventsInternal.EventsInternalClient>("users");

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync<EventsDb>();
        _usersServer = await FakeService.StartAsync(ResourceNames.Users, Users);
        _notificationsServer = await FakeService.StartAsync(ResourceNames.Notifications, Notifications);
        Host = await ServiceHost<EventsDb>.StartAsync(ResourceNames.Events,
        [
            new($"ConnectionStrings:{ResourceNames.EventsDb}", _database.ConnectionString),
            new("Events:CalendarKey", CalendarKey),
            _usersServer.Configuration,
            _notificationsServer.Configuration,
        ], services => services.ConfigureDbContext<EventsDb>(options => options.AddInterceptors(_log)));
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync(Host, _usersServer, _notificationsServer, _database);
    }

    public EventsService.EventsServiceClient As(Guid student) => Host.As<EventsService.EventsServiceClient>(student, Role.Student);

    /// <summary>An event straight into the database: in a week, for two hours, registration open.</summary>
    internal async Task<Event> AddAsync(Action<Event>? change = null, params Guid[] groups)
    {
        var number = Interlocked.Increment(ref _count);
        var now = DateTimeOffset.UtcNow;
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var e = new Event
        {
            Id = Guid.CreateVersion7(),
            CreatedAt = now,
            UpdatedAt = now,
            Title = $"Событие {number}",
            Text = "Текст",
            Place = "Актовый зал",
            StartsAt = now.AddDays(7),
            EndsAt = now.AddDays(7).AddHours(2),
            ForGroups = groups,
            RegistrationOpensAt = now.AddHours(-1),
            RegistrationClosesAt = now.AddDays(7),
            AuthorId = TeacherId,
        };
        change?.Invoke(e);
        await WithDbAsync(db =>
        {
            db.Events.Add(e);
            return db.SaveChangesAsync();
        });
        return e;
    }

    /// <summary>Changes an event behind the service's back.</summary>
    internal Task ChangeAsync(Guid id, Action<Event> change) => WithDbAsync(async db =>
    {
        change(await db.Events.SingleAsync(e => e.Id == id));
        return await db.SaveChangesAsync();
    });

    internal async Task<ShTP.Events.V1.Registration> RegisterAsync(Event e, Guid user) => await As(user).RegisterAsync(new RegisterRequest { Uuid = e.Id.ToString() });

    internal Task<Event> FindAsync(Guid id) => WithDbAsync(db => db.Events.AsNoTracking().SingleAsync(e => e.Id == id));

    /// <summary>The registrations for an event by position.</summary>
    internal Task<List<Registration>> RegistrationsOfAsync(Guid id) =>
        WithDbAsync(db => db.Registrations.AsNoTracking().Where(r => r.EventId == id).OrderBy(r => r.Position).ToListAsync());

    /// <summary>What Notifications was told for a user and nobody else's event, once all was delivered.</summary>
    public async Task<List<NotifyRequest>> HeardAsync(Func<NotifyRequest, bool> filter)
    {
        await Eventually.HoldsAsync(() => WithDbAsync(async db => !await db.Set<OutboxMessage>().AnyAsync()), "everything is delivered");
        return [.. Notifications.Told.Where(filter)];
    }

    internal async Task<T> WithDbAsync<T>(Func<EventsDb, Task<T>> use)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<EventsDb>());
    }

    /// <summary>The content-disposition of an answer, which the gRPC client takes for a header of the body and drops.</summary>
    public async Task<string?> DispositionAsync(MethodDescriptor method, IMessage message)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Host.GrpcAddress, $"/{method.Service.FullName}/{method.Name}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.CalculateSize(), .. message.ToByteArray()]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.User(TeacherId, Role.Teacher));
        request.Headers.Add("te", "trailers");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var answer = await client.SendAsync(request);
        return answer.Content.Headers.ContentDisposition?.ToString();
    }

    /// <summary>Expects the call to fail, and gives its status.</summary>
    public static async Task<Status> FailsAsync<T>(AsyncUnaryCall<T> call) => (await Assert.ThrowsAsync<RpcException>(async () => await call)).Status;

    /// <summary>What a notification says.</summary>
    public static string TextOf(NotifyRequest heard) => heard.Data.Fields[heard.Type == 2 ? "name" : "text"].StringValue;
}

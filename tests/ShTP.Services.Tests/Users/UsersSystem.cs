using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Api.V1;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using ShTP.Testing.Fakes;
using ShTP.Users;
using Xunit;
using User = ShTP.Users.Profiles.User;
using UsersService = ShTP.Users.V1.UsersService;

namespace ShTP.Services.Tests.Users;

/// <summary>The real service on a database of its own, among neighbours that remember what they hear.</summary>
public sealed class UsersSystem : IAsyncLifetime
{
    private static int count;

    private TestDatabase _database = null!;
    private FakeService _authServer = null!;
    private FakeService _filesServer = null!;
    private FakeService _achievementsServer = null!;
    private FakeService _eventsServer = null!;
    private FakeService _assignmentsServer = null!;

    private readonly StatementLog _log = new();

    public FakeAuth Auth { get; } = new();

    public FakeFiles Files { get; } = new();

    public FakeAchievements Achievements { get; } = new();

    public FakeEvents Events { get; } = new();

    public FakeAssignments Assignments { get; } = new();

    public FakeNotifications Notifications { get; } = new();

    /// <summary>What the services beside Auth and Files hold about users.</summary>
    public IEnumerable<HeldData> Holders => [Achievements.Held, Events.Held, Assignments.Held, Notifications.Held];

    /// <summary>May be stopped by a test of its own.</summary>
    public FakeService NotificationsServer { get; private set; } = null!;

    internal ServiceHost<UsersDb> Host { get; private set; } = null!;

    /// <summary>There from the start, so that other admins are not the last one.</summary>
    internal User Admin { get; private set; } = null!;

    internal ShTP.Users.Groups.Group Group { get; private set; } = null!;

    /// <summary>What the service has read from the database.</summary>
    public ConcurrentQueue<(string Sql, NpgsqlParameter[] Parameters)> Statements => _log.Statements;

    public string ConnectionString => _database.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        _authServer = await FakeService.StartAsync(ResourceNames.Auth, Auth);
        _filesServer = await FakeService.StartAsync(ResourceNames.Files, Files);
        _achievementsServer = await FakeService.StartAsync(ResourceNames.Achievements, Achievements);
        _eventsServer = await FakeService.StartAsync(ResourceNames.Events, Events);
        _assignmentsServer = await FakeService.StartAsync(ResourceNames.Assignments, Assignments);
        NotificationsServer = await FakeService.StartAsync(ResourceNames.Notifications, Notifications);
        Host = await ServiceHost<UsersDb>.StartAsync(ResourceNames.Users,
        [
            new($"ConnectionStrings:{ResourceNames.UsersDb}", _database.ConnectionString),
            _authServer.Configuration,
            _filesServer.Configuration,
            _achievementsServer.Configuration,
            _eventsServer.Configuration,
            _assignmentsServer.Configuration,
            NotificationsServer.Configuration,
            new("Users:ForgetAgainAfter", "00:00:01"),
        ], services => services.ConfigureDbContext<UsersDb>(options => options.AddInterceptors(_log)));
        Group = await AddGroupAsync("Python");
        Admin = await AddAsync(Role.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync(Host, _authServer, _filesServer, _achievementsServer, _eventsServer, _assignmentsServer, NotificationsServer, _database);
    }

    internal UsersService.UsersServiceClient As(User user) => Host.As<UsersService.UsersServiceClient>(user.Id, user.EffectiveRole);

    public UsersService.UsersServiceClient Anonymous => Host.Anonymous<UsersService.UsersServiceClient>();

    internal async Task<ShTP.Users.Groups.Group> AddGroupAsync(string name)
    {
        var now = DateTimeOffset.UtcNow;
        var group = new ShTP.Users.Groups.Group { Id = Guid.CreateVersion7(), Name = name, Color = "#abcdef", CreatedAt = now, UpdatedAt = now };
        await WithDbAsync(db =>
        {
            db.Groups.Add(group);
            return db.SaveChangesAsync();
        });
        return group;
    }

    /// <summary>A user straight into the database.</summary>
    internal async Task<User> AddAsync(Role role = Role.Student, Action<User>? change = null, string? email = null)
    {
        var number = Interlocked.Increment(ref count);
        var now = DateTimeOffset.UtcNow;
        var user = new User
        {
            Id = Guid.CreateVersion7(),
            Email = email ?? $"user{number}@example.org",
            Role = role,
            FirstName = $"Имя{number}",
            LastName = $"Фамилия{number}",
            GroupId = Group?.Id ?? throw new InvalidOperationException("No group yet."),
            CreatedAt = now,
            UpdatedAt = now,
        };
        change?.Invoke(user);
        user.RefreshSearchText();
        await WithDbAsync(db =>
        {
            db.Users.Add(user);
            return db.SaveChangesAsync();
        });
        return user;
    }

    /// <summary>The user as the database has it now, or null.</summary>
    internal Task<User?> FindAsync(Guid id) => WithDbAsync(db => db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id));

    internal async Task<T> WithDbAsync<T>(Func<UsersDb, Task<T>> use)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<UsersDb>());
    }

    /// <summary>Expects the call to fail, and gives its status.</summary>
    public static async Task<Status> FailsAsync<T>(AsyncUnaryCall<T> call) => (await Assert.ThrowsAsync<RpcException>(async () => await call)).Status;
}

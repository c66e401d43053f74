using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Achievements;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Notifications.V1;
using ShTP.Rpc.Access;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using ShTP.Testing.Fakes;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Achievements;

/// <summary>The real service on a database of its own, among neighbours that remember what they hear.</summary>
public sealed class AchievementsSystem : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private FakeService _usersServer = null!;
    private FakeService _filesServer = null!;
    private FakeService _notificationsServer = null!;

    public StatementLog Log { get; } = new();

    public FakeUsers Users { get; } = new();

    public FakeFiles Files { get; } = new();

    public FakeNotifications Notifications { get; } = new();

    internal ServiceHost<AchievementsDb> Host { get; private set; } = null!;

    public string ConnectionString => _database.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync<AchievementsDb>();
        _usersServer = await FakeService.StartAsync(ResourceNames.Users, Users);
        _filesServer = await FakeService.StartAsync(ResourceNames.Files, Files);
        _notificationsServer = await FakeService.StartAsync(ResourceNames.Notifications, Notifications);
        Host = await StartHostAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync(Host, _usersServer, _filesServer, _notificationsServer, _database);
    }

    /// <summary>One more instance of the service, on the same database.</summary>
    internal Task<ServiceHost<AchievementsDb>> StartHostAsync() => ServiceHost<AchievementsDb>.StartAsync(ResourceNames.Achievements,
    [
        new($"ConnectionStrings:{ResourceNames.AchievementsDb}", _database.ConnectionString),
        new(SignedNames.KeySetting, Convert.ToBase64String(new byte[SignedNames.MinKeyLength])),
        _usersServer.Configuration,
        _filesServer.Configuration,
        _notificationsServer.Configuration,
    ], services => services.ConfigureDbContext<AchievementsDb>(options => options.AddInterceptors(Log)));

    public Guid AddStudent(string lastName = "Лавлейс") => Users.Add(lastName: lastName);

    public AchievementsService.AchievementsServiceClient As(Guid user, Role role = Role.Student) => Host.As<AchievementsService.AchievementsServiceClient>(user, role);

    public AchievementsService.AchievementsServiceClient Teacher(Guid? id = null) => As(id ?? Guid.NewGuid(), Role.Teacher);

    public MedalsService.MedalsServiceClient MedalsAsTeacher(Guid? id = null) => Host.As<MedalsService.MedalsServiceClient>(id ?? Guid.NewGuid(), Role.Teacher);

    public AchievementsInternal.AchievementsInternalClient AsUsers => Host.AsService<AchievementsInternal.AchievementsInternalClient>("users");

    public static AchievementText Text(string title = "Олимпиада", EventType type = EventType.Olimpiad) => new() { EventType = type, Title = title, Description = "Первое место" };

    public async Task<Achievement> HandInAsync(Guid student, string title = "Олимпиада", string originalName = "диплом.pdf")
    {
        var file = Files.Upload(student, $"{Guid.NewGuid():N}.pdf", "achievement");
        file.OriginalName = originalName;
        return await As(student).CreateAchievementAsync(new CreateAchievementRequest { ConfirmFile = file, Achievement = Text(title) });
    }

    public static ModerateAchievementRequest Accept(string uuid, int points) => new() { Uuid = uuid, Status = 1, Points = points };

    public static ModerateAchievementRequest Reject(string uuid, string? reason = null)
    {
        var request = new ModerateAchievementRequest { Uuid = uuid, Status = 0 };
        if (reason is not null)
            request.Reason = reason;
        return request;
    }

    public static ResubmitAchievementRequest Retitle(string uuid, string title) => new() { Uuid = uuid, Achievement = new AchievementText { Title = title } };

    public IEnumerable<AddRatingRequest> RatingsOf(Guid student) => Users.Ratings.Where(entry => entry.UserId == student.ToString());

    public IEnumerable<NotifyRequest> ToldTo(Guid student) => Notifications.Told.Where(message => message.UserIds.Contains(student.ToString()));

    /// <summary>Returns when every message of the outbox has arrived.</summary>
    public Task SettleAsync() => Eventually.HoldsAsync(
        () => WithDbAsync(async db => await db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM outbox").SingleAsync() == 0), "the outbox is empty");

    internal async Task<T> WithDbAsync<T>(Func<AchievementsDb, Task<T>> use)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<AchievementsDb>());
    }

    /// <summary>Expects the call to fail, and gives its status.</summary>
    public static async Task<Status> FailsAsync<T>(AsyncUnaryCall<T> call) => (await Assert.ThrowsAsync<RpcException>(async () => await call)).Status;
}

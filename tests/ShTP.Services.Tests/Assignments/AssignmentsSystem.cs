using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Api.V1;
using ShTP.Assignments;
using ShTP.Assignments.V1;
using ShTP.ServiceDefaults;
using ShTP.Data.Outbox;
using ShTP.Testing;
using ShTP.Testing.Fakes;
using Xunit;
using ContestsService = ShTP.Assignments.V1.ContestsService;
using SubmitsService = ShTP.Assignments.V1.SubmitsService;
using Task = System.Threading.Tasks.Task;
using TasksService = ShTP.Assignments.V1.TasksService;
using TestResult = ShTP.Assignments.V1.TestResult;

namespace ShTP.Services.Tests.Assignments;

/// <summary>The real service on a database of its own, among neighbours that remember what they hear.</summary>
public class AssignmentsSystem : IAsyncLifetime
{
    private readonly StatementLog _log = new();
    private readonly List<ServiceHost<AssignmentsDb>> _replicas = [];

    private TestDatabase _database = null!;
    private FakeService _usersServer = null!;
    private FakeService _notificationsServer = null!;

    public FakeUsers Users { get; } = new();

    public FakeNotifications Notifications { get; } = new();

    internal ServiceHost<AssignmentsDb> Host { get; private set; } = null!;

    /// <summary>What the service has read from the database.</summary>
    public ConcurrentQueue<(string Sql, NpgsqlParameter[] Parameters)> Statements => _log.Statements;

    public string ConnectionString => _database.ConnectionString;

    protected virtual int LeaseSeconds => 60;

    public Guid TeacherId { get; } = Guid.NewGuid();

    public TasksService.TasksServiceClient Teacher => Tasks(TeacherId, Role.Teacher);

    public SubmitsService.SubmitsServiceClient StaffSubmits => Submits(TeacherId, Role.Teacher);

    public ContestsService.ContestsServiceClient TeacherContests => Contests(TeacherId, Role.Teacher);

    public AssignmentsInternal.AssignmentsInternalClient Checker => Host.AsService<AssignmentsInternal.AssignmentsInternalClient>("checker");

    public AssignmentsInternal.AssignmentsInternalClient AsUsers => Host.AsService<AssignmentsInternal.AssignmentsInternalClient>("users");

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync<AssignmentsDb>();
        _usersServer = await FakeService.StartAsync(ResourceNames.Users, Users);
        _notificationsServer = await FakeService.StartAsync(ResourceNames.Notifications, Notifications);
        Host = await StartReplicaAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync([.. _replicas, _usersServer, _notificationsServer, _database]);
        GC.SuppressFinalize(this);
    }

    /// <summary>One more process of the service on the same database.</summary>
    internal async Task<ServiceHost<AssignmentsDb>> StartReplicaAsync()
    {
        var replica = await ServiceHost<AssignmentsDb>.StartAsync(ResourceNames.Assignments,
        [
            new($"ConnectionStrings:{ResourceNames.AssignmentsDb}", _database.ConnectionString),
            new("Assignments:LeaseSeconds", LeaseSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            _usersServer.Configuration,
            _notificationsServer.Configuration,
        ], services => services.ConfigureDbContext<AssignmentsDb>(options => options.AddInterceptors(_log)));
        _replicas.Add(replica);
        return replica;
    }

    public TasksService.TasksServiceClient Tasks(Guid user, Role role = Role.Student) => Host.As<TasksService.TasksServiceClient>(user, role);

    public SubmitsService.SubmitsServiceClient Submits(Guid user, Role role = Role.Student) => Host.As<SubmitsService.SubmitsServiceClient>(user, role);

    public ContestsService.ContestsServiceClient Contests(Guid user, Role role = Role.Student) => Host.As<ContestsService.ContestsServiceClient>(user, role);

    public string AddGroup() => Users.AddGroup().ToString();

    public Guid AddStudent(string? group = null, int learningClass = 10, string firstName = "Ада", string lastName = "Лавлейс") =>
        Users.Add(group is null ? null : Guid.Parse(group), firstName, lastName, learningClass);

    /// <summary>A task with one visible and one hidden test.</summary>
    public static CreateTaskRequest NewTask(string title = "Сумма", bool? challenge = null)
    {
        var request = new CreateTaskRequest
        {
            Title = title,
            Text = "<p>Сложите</p>",
            TimeLimit = 2,
            MemoryLimit = 64,
            Tests = { new TaskTest { Input = "1 2", Output = "3", Demo = true }, new TaskTest { Input = "2 2", Output = "4" } },
        };
        if (challenge is { } value)
            request.DayChallenge = value;
        return request;
    }

    public async Task<string> AddTaskAsync(string title = "Сумма") => (await Teacher.CreateTaskAsync(NewTask(title))).Uuid;

    public Task<ShTP.Assignments.V1.Task> AddChallengeAsync() => Teacher.CreateTaskAsync(NewTask("Вызов", challenge: true)).ResponseAsync;

    public static CreateContestRequest NewContest(string group, params string[] tasks) => new()
    {
        Title = "Циклы",
        Description = "Домашняя работа",
        Tasks = { tasks },
        ForGroups = { group },
        ForLearningClass = 10,
        Mark5 = tasks.Length,
        Mark4 = tasks.Length > 1 ? 1 : 0,
        Mark3 = 0,
    };

    public static InlineFile Upload(string text, string name = "solution.py") => Upload(Encoding.UTF8.GetBytes(text), name);

    public static InlineFile Upload(byte[] content, string name = "solution.py") => new() { Name = name, Content = ByteString.CopyFrom(content) };

    public async Task<Submit> SubmitAsync(Guid student, string text = "print(3)", string name = "0123456789abcdef.py") =>
        await Tasks(student).SubmitChallengeAsync(new SubmitChallengeRequest { File = Upload(text, name) });

    public async Task<Work?> TakeAsync(int waitSeconds = 0) => (await Checker.TakeWorkAsync(new TakeWorkRequest { Checker = "checker-1", WaitSeconds = waitSeconds })).Work;

    /// <summary>Work that a checker must find now.</summary>
    public async Task<Work> MustTakeAsync() => await TakeAsync() ?? throw new InvalidOperationException("There is no work.");

    public static CompleteWorkRequest Results(Work work, params Verdict[] verdicts)
    {
        var request = new CompleteWorkRequest { LeaseId = work.LeaseId };
        for (var i = 0; i < work.Tasks.Count; i++)
        {
            var verdict = verdicts[Math.Min(i, verdicts.Length - 1)];
            request.Results.Add(new TaskResult
            {
                SubmitId = work.Tasks[i].SubmitId,
                Tests = { work.Tasks[i].Tests.Select(test => new TestResult { Verdict = verdict, Duration = 12, Memory = 3456, Demo = test.Demo }) },
            });
        }

        return request;
    }

    /// <summary>A checker judges the next work.</summary>
    public async Task<Work> JudgeAsync(params Verdict[] verdicts)
    {
        var work = await MustTakeAsync();
        await Checker.CompleteWorkAsync(Results(work, verdicts));
        return work;
    }

    public async Task<Submit> GetAsync(string submit) => await StaffSubmits.GetSubmitAsync(new GetSubmitRequest { Uuid = submit });

    /// <summary>Returns when every message of the outbox has arrived.</summary>
    public Task SettleAsync() => Eventually.HoldsAsync(
        () => WithDbAsync(async db => await db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM outbox").SingleAsync() == 0), "the outbox is empty");

    public IEnumerable<string> ToldTo(Guid student) =>
        Notifications.Told.Where(message => message.UserIds.Contains(student.ToString())).Select(message => $"{message.Type} {message.Data.Fields["text"].StringValue}");

    public async Task<Npgsql.NpgsqlConnection> OpenConnectionAsync()
    {
        var connection = new Npgsql.NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    internal async Task<T> WithDbAsync<T>(Func<AssignmentsDb, Task<T>> use)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<AssignmentsDb>());
    }

    public static Metadata MessageId(Guid? message = null) => new() { { OutboxExtensions.MessageIdHeader, (message ?? Guid.NewGuid()).ToString() } };

    /// <summary>Expects the call to fail, and gives code and text.</summary>
    public static async Task<(StatusCode Code, string Detail)> FailsAsync<T>(AsyncUnaryCall<T> call)
    {
        var status = (await Assert.ThrowsAsync<RpcException>(async () => await call)).Status;
        return (status.StatusCode, status.Detail);
    }
}

/// <summary>Leases of a second.</summary>
public sealed class ShortLeases : AssignmentsSystem
{
    protected override int LeaseSeconds => 1;
}

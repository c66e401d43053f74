using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.Achievements;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Testing;
using Xunit;
using static ShTP.Services.Tests.Achievements.AchievementsSystem;

namespace ShTP.Services.Tests.Achievements;

/// <summary>Changes and decisions at the same time, at two instances of the service: what is decided is what was seen.</summary>
public sealed class VersionRaceTests(AchievementsSystem system) : IClassFixture<AchievementsSystem>, IAsyncLifetime
{
    private const int Changes = 5;

    private ServiceHost<AchievementsDb> _replica = null!;

    public async ValueTask InitializeAsync() => _replica = await system.StartHostAsync();

    public ValueTask DisposeAsync() => _replica.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ChangeAndDecision_WaitingForOneRow_TheFirstWinsAndTheOtherIsRefused(bool isChangedFirst)
    {
        var student = system.AddStudent();
        var uuid = (await system.HandInAsync(student)).Uuid;
        var teacher = system.Teacher();
        Assert.NotNull(await FindInQueueAsync(teacher, uuid));

        StatusCode change, decision;
        await using (var holder = new NpgsqlConnection(system.ConnectionString))
        {
            await holder.OpenAsync();
            await using var transaction = await holder.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("SELECT FROM achievements WHERE id = $1 FOR UPDATE", holder, transaction) { Parameters = { new() { Value = Guid.Parse(uuid) } } };
            await hold.ExecuteNonQueryAsync();
            Task<StatusCode> ChangeAsync() => CodeAsync(AtReplica(student, Role.Student).ResubmitAchievementAsync(Retitle(uuid, "Другое")));
            Task<StatusCode> DecideAsync() => CodeAsync(teacher.ModerateAchievementAsync(Accept(uuid, 1)));
            var first = isChangedFirst ? ChangeAsync() : DecideAsync();
            await WaitersAsync(1);
            var second = isChangedFirst ? DecideAsync() : ChangeAsync();
            await WaitersAsync(2);
            await transaction.CommitAsync();
            (change, decision) = isChangedFirst ? (await first, await second) : (await second, await first);
        }

        Assert.Equal(isChangedFirst ? (StatusCode.OK, StatusCode.Aborted) : (StatusCode.FailedPrecondition, StatusCode.OK), (change, decision));
    }

    [Fact]
    public async Task ResubmissionAndDeletionOfTheUser_AtOnce_TakeTheirLocksInOneOrder()
    {
        var student = system.AddStudent();
        var uuid = (await system.HandInAsync(student)).Uuid;
        await system.Teacher().ModerateAchievementAsync(Reject(uuid));

        Task<StatusCode> resubmission;
        await using (var deletion = new AchievementsDb(new DbContextOptionsBuilder<AchievementsDb>().UseNpgsql(system.ConnectionString).UseSnakeCaseNamingConvention().Options))
        {
            await using var transaction = await deletion.Database.BeginTransactionAsync();
            await deletion.LockUserAsync(student, CancellationToken.None);
            resubmission = CodeAsync(system.As(student).ResubmitAchievementAsync(Retitle(uuid, "Другое")));
            await WaitersAsync(1);
            // Shorter than PostgreSQL takes to find that two wait for each other.
            await deletion.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '100ms'");
            await deletion.Achievements.Where(achievement => achievement.UserId == student).ExecuteDeleteAsync();
            await transaction.CommitAsync();
        }

        Assert.Equal(StatusCode.NotFound, await resubmission);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ChangesReadsAndDecisions_AtOnce_AcceptWhatWasRead(bool isVersioned)
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var student = system.AddStudent();
            for (var round = 0; round < 8; round++)
            {
                var uuid = (await system.HandInAsync(student, $"Номер {round}")).Uuid;
                var changes = ChangeUntilDecidedAsync(student, uuid);
                var decided = await Task.WhenAll(Enumerable.Range(1, 2).Select(points => DecideAsync(uuid, points, isVersioned)));
                await changes;
                var accepted = Assert.Single((await system.As(student).ListAchievementsAsync(new())).Achievements, row => row.Uuid == uuid);
                Assert.Equal([accepted.Title], decided.OfType<string>());
            }
        }));
    }

    [Fact]
    public async Task Read_WhileTheOwnerIsDeleted_IsAnswered()
    {
        for (var round = 0; round < 10; round++)
        {
            var student = system.AddStudent();
            var uuid = (await system.HandInAsync(student)).Uuid;
            await system.As(student).ResubmitAchievementAsync(Retitle(uuid, "Другое"));
            var deletion = system.AsUsers.DeleteUserAsync(new DeleteUserRequest { UserId = student.ToString() }, new Metadata { { "shtp-message-id", Guid.NewGuid().ToString() } });
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AtReplica(Guid.NewGuid(), Role.Teacher).ListQueueAsync(new ListQueueRequest()).ResponseAsync));
            await deletion;
        }
    }

    // Every change is another title, so that a title is a version.
    private async Task ChangeUntilDecidedAsync(Guid student, string uuid)
    {
        var clients = new[] { system.As(student), AtReplica(student, Role.Student) };
        for (var change = 0; change < Changes; change++)
        {
            var code = await CodeAsync(clients[change % 2].ResubmitAchievementAsync(Retitle(uuid, $"Правка {change}")));
            if (code == StatusCode.FailedPrecondition)
                return;
            Assert.Equal(StatusCode.OK, code);
        }
    }

    /// <summary>Reads and decides until it is decided: the title that was read, or null when another decision was first.</summary>
    private async Task<string?> DecideAsync(string uuid, int points, bool isVersioned)
    {
        // One session, at both instances.
        var token = TestTokens.User(Guid.NewGuid(), Role.Teacher);
        var (reader, decider) = (system.Host.WithToken<AchievementsService.AchievementsServiceClient>(token), _replica.WithToken<AchievementsService.AchievementsServiceClient>(token));
        for (var refusals = 0; ; refusals++)
        {
            Assert.True(refusals <= Changes, "refused more often than it changed");
            if (await FindInQueueAsync(reader, uuid) is not { } row)
                return null;
            var request = Accept(uuid, points);
            if (isVersioned)
                request.Version = row.Version;
            var code = await CodeAsync(decider.ModerateAchievementAsync(request));
            if (code != StatusCode.Aborted)
                return code == StatusCode.OK ? row.Title : null;
        }
    }

    private AchievementsService.AchievementsServiceClient AtReplica(Guid user, Role role) => _replica.As<AchievementsService.AchievementsServiceClient>(user, role);

    private static async Task<Achievement?> FindInQueueAsync(AchievementsService.AchievementsServiceClient teacher, string uuid) =>
        (await teacher.ListQueueAsync(new ListQueueRequest())).Achievements.SingleOrDefault(row => row.Uuid == uuid);

    private Task WaitersAsync(int count) => Eventually.HoldsAsync(async () =>
    {
        await using var connection = new NpgsqlConnection(system.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()", connection);
        return (long)(await command.ExecuteScalarAsync())! == count;
    }, $"{count} calls wait for the row");

    private static async Task<StatusCode> CodeAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}

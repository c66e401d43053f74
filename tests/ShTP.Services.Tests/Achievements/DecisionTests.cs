using Grpc.Core;
using ShTP.Achievements.V1;
using Xunit;
using static ShTP.Services.Tests.Achievements.AchievementsSystem;

namespace ShTP.Services.Tests.Achievements;

public sealed class DecisionTests(AchievementsSystem system) : IClassFixture<AchievementsSystem>
{
    [Fact]
    public async Task Accept_Waiting_GivesPointsAndTellsTheStudent()
    {
        var (student, teacher) = (system.AddStudent(), Guid.NewGuid());
        var achievement = await system.HandInAsync(student);

        await system.Teacher(teacher).ModerateAchievementAsync(Accept(achievement.Uuid, 30));

        var accepted = Assert.Single((await system.As(student).ListAchievementsAsync(new ListAchievementsRequest())).Achievements);
        Assert.Equal((30, teacher.ToString(), teacher.ToString()), (accepted.Points, accepted.AcceptedBy, accepted.AcceptedByAgain));
        Assert.Equal(accepted.AcceptedAt, accepted.AcceptedAtAgain);
        Assert.Single((await system.Host.Anonymous<AchievementsService.AchievementsServiceClient>().ListUserAchievementsAsync(new ListUserAchievementsRequest { Uuid = student.ToString() })).Achievements);
        await system.SettleAsync();
        var entry = Assert.Single(system.RatingsOf(student));
        Assert.Equal((30, teacher.ToString(), $"achievement:{achievement.Uuid}", "Достижение: Олимпиада"), (entry.Points, entry.AuthorId, entry.Source, entry.Reason));
        var told = Assert.Single(system.ToldTo(student));
        Assert.Equal((0, "Олимпиада", 30d), (told.Type, told.Data.Fields["name"].StringValue, told.Data.Fields["points"].NumberValue));
    }

    [Fact]
    public async Task Accept_ForNoPoints_TellsWithoutAnEntry()
    {
        var student = system.AddStudent();
        var achievement = await system.HandInAsync(student);

        await system.Teacher().ModerateAchievementAsync(Accept(achievement.Uuid, 0));

        await system.SettleAsync();
        Assert.Empty(system.RatingsOf(student));
        Assert.Single(system.ToldTo(student));
    }

    [Fact]
    public async Task Reject_WithReason_TellsItAndKeepsTheAchievement()
    {
        var student = system.AddStudent();
        var achievement = await system.HandInAsync(student);

        await system.Teacher().ModerateAchievementAsync(Reject(achievement.Uuid, "Не видно имени"));

        Assert.Empty((await system.As(student).ListPendingAsync(new ListPendingRequest())).Achievements);
        Assert.Single((await system.As(student).ListRejectedAsync(new ListRejectedRequest())).Achievements);
        await system.SettleAsync();
        Assert.Empty(system.RatingsOf(student));
        var told = Assert.Single(system.ToldTo(student));
        Assert.Equal((1, "Олимпиада", "Не видно имени"), (told.Type, told.Data.Fields["name"].StringValue, told.Data.Fields["reason"].StringValue));
    }

    [Fact]
    public async Task Moderate_FiftyTimesAtOnce_HasOneEffect()
    {
        var student = system.AddStudent();
        var achievement = await system.HandInAsync(student);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => system.Teacher().ModerateAchievementAsync(Accept(achievement.Uuid, 7)).ResponseAsync));

        await system.SettleAsync();
        Assert.Equal(7, Assert.Single(system.RatingsOf(student)).Points);
        Assert.Single(system.ToldTo(student));
    }

    [Fact]
    public async Task Moderate_AcceptedAndRejectedAtOnce_OneDecisionStands()
    {
        var student = system.AddStudent();
        for (var i = 0; i < 10; i++)
        {
            var achievement = await system.HandInAsync(student, $"Номер {i}");
            var codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
            {
                try
                {
                    await system.Teacher().ModerateAchievementAsync(n % 2 == 0 ? Accept(achievement.Uuid, 1) : Reject(achievement.Uuid));
                    return StatusCode.OK;
                }
                catch (RpcException refused)
                {
                    return refused.StatusCode;
                }
            }));
            Assert.Equal((4, 4), (codes.Count(code => code == StatusCode.OK), codes.Count(code => code == StatusCode.FailedPrecondition)));
        }

        await system.SettleAsync();
        Assert.Equal(10, system.ToldTo(student).Count());
        Assert.Equal(system.ToldTo(student).Count(told => told.Type == 0), system.RatingsOf(student).Count());
    }

    [Fact]
    public async Task Moderate_DecidedOtherwise_IsAConflict()
    {
        var student = system.AddStudent();
        var accepted = await system.HandInAsync(student);
        await system.Teacher().ModerateAchievementAsync(Accept(accepted.Uuid, 5));
        var rejected = await system.HandInAsync(student);
        await system.Teacher().ModerateAchievementAsync(Reject(rejected.Uuid));

        foreach (var request in new[] { Accept(accepted.Uuid, 6), Reject(accepted.Uuid), Accept(rejected.Uuid, 5) })
            Assert.Equal(StatusCode.FailedPrecondition, (await FailsAsync(system.Teacher().ModerateAchievementAsync(request))).StatusCode);
        await system.Teacher().ModerateAchievementAsync(Accept(accepted.Uuid, 5));
        await system.Teacher().ModerateAchievementAsync(Reject(rejected.Uuid, "ещё раз"));
    }

    [Fact]
    public async Task Moderate_OnesOwn_IsDenied()
    {
        var teacher = system.AddStudent();
        var own = await system.HandInAsync(teacher);

        Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(system.Teacher(teacher).ModerateAchievementAsync(Accept(own.Uuid, 5)))).StatusCode);
    }

    public static TheoryData<string, ModerateAchievementRequest> Nonsense => new()
    {
        { "uuid: value is not a valid uuid", new() { Uuid = "x", Status = 0 } },
        { "status: field required", new() { Uuid = Guid.Empty.ToString() } },
        { "status: must be between 0 and 1", new() { Uuid = Guid.Empty.ToString(), Status = 2 } },
        { "points: field required", new() { Uuid = Guid.Empty.ToString(), Status = 1 } },
        { "points: must be between 0 and 1000", new() { Uuid = Guid.Empty.ToString(), Status = 1, Points = 1001 } },
        { "points: must be between 0 and 1000", new() { Uuid = Guid.Empty.ToString(), Status = 1, Points = -1 } },
        { "reason: must have at most 500 characters", new() { Uuid = Guid.Empty.ToString(), Status = 0, Reason = new string('x', 501) } },
    };

    [Theory]
    [MemberData(nameof(Nonsense), DisableDiscoveryEnumeration = true)]
    public async Task Moderate_Nonsense_NamesTheField(string expected, ModerateAchievementRequest request)
    {
        var status = await FailsAsync(system.Teacher().ModerateAchievementAsync(request));

        Assert.Equal((StatusCode.InvalidArgument, expected), (status.StatusCode, status.Detail));
    }

    [Fact]
    public async Task ModerateAndReverse_Unknown_IsNotFound()
    {
        var uuid = Guid.NewGuid().ToString();

        Assert.Equal(StatusCode.NotFound, (await FailsAsync(system.Teacher().ModerateAchievementAsync(Accept(uuid, 1)))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await FailsAsync(system.Teacher().ReverseAchievementAsync(new() { Uuid = uuid, Reason = "нет" }))).StatusCode);
    }

    [Fact]
    public async Task Reverse_Accepted_TakesThePointsBackOnce()
    {
        var student = system.AddStudent();
        var achievement = await system.HandInAsync(student);
        await system.Teacher().ModerateAchievementAsync(Accept(achievement.Uuid, 40));
        var request = new ReverseAchievementRequest { Uuid = achievement.Uuid, Reason = "Чужой диплом" };

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => system.Teacher().ReverseAchievementAsync(request).ResponseAsync));

        await system.SettleAsync();
        Assert.Equal([-40, 40], system.RatingsOf(student).Select(entry => entry.Points).Order());
        Assert.Contains(system.RatingsOf(student), entry => entry.Reason == "Отмена: Чужой диплом");
        Assert.Equal([0, 1], system.ToldTo(student).Select(told => told.Type).Order());
        Assert.Equal("Чужой диплом", Assert.Single((await system.As(student).ListRejectedAsync(new ListRejectedRequest())).Achievements).Reason);

        var version = (await system.As(student).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = achievement.Uuid })).Version;
        var again = Accept(achievement.Uuid, 10);
        again.Version = version;
        await system.Teacher().ModerateAchievementAsync(again);
        await system.SettleAsync();
        Assert.Equal(10, system.RatingsOf(student).Sum(entry => entry.Points));
    }

    [Fact]
    public async Task Reverse_NotAcceptedOrWithoutReason_IsRefused()
    {
        var achievement = await system.HandInAsync(system.AddStudent());

        Assert.Equal(StatusCode.FailedPrecondition, (await FailsAsync(system.Teacher().ReverseAchievementAsync(new() { Uuid = achievement.Uuid, Reason = "нет" }))).StatusCode);
        Assert.Equal("reason: field required", (await FailsAsync(system.Teacher().ReverseAchievementAsync(new() { Uuid = achievement.Uuid }))).Detail);
    }
}

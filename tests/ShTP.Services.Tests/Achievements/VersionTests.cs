using Google.Rpc;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using Xunit;
using static ShTP.Services.Tests.Achievements.AchievementsSystem;

namespace ShTP.Services.Tests.Achievements;

/// <summary>Decisions are about what the moderator saw. A client has one session.</summary>
public sealed class VersionTests(AchievementsSystem system) : IClassFixture<AchievementsSystem>
{
    [Fact]
    public async Task Moderate_ChangedSinceTheQueueWasRead_IsRefusedWithWhatChanged_UntilItIsReadAgain()
    {
        var (student, teacher) = (system.AddStudent(), system.Teacher());
        var uuid = (await system.HandInAsync(student)).Uuid;
        Assert.Equal(1, (await ReadAsync(teacher, uuid)).Version);
        await system.As(student).ResubmitAchievementAsync(new ResubmitAchievementRequest
        {
            Uuid = uuid,
            ConfirmFile = system.Files.Upload(student, "other.pdf", "achievement"),
            Achievement = new AchievementText { Title = "Всероссийская олимпиада", Description = "Первое место" },
        });

        var refused = await IsChangedAsync(teacher.ModerateAchievementAsync(Accept(uuid, 30)), "title", "attachmentName");

        Assert.Equal("The achievement was changed meanwhile, load it again before you decide: another title, another proof", refused.Status.Detail);
        Assert.Equal(AchievementStatus.Pending, Assert.Single((await system.As(student).ListPendingAsync(new())).Achievements).Status);
        Assert.Equal(2, (await ReadAsync(teacher, uuid)).Version);
        await teacher.ModerateAchievementAsync(Accept(uuid, 30));
        await system.SettleAsync();
        Assert.Equal("Всероссийская олимпиада", Assert.Single(system.ToldTo(student)).Data.Fields["name"].StringValue);
        Assert.Equal(30, Assert.Single(system.RatingsOf(student)).Points);
    }

    [Fact]
    public async Task Moderate_AnOlderVersion_IsRefusedWithTheFieldsOfEveryChangeSince()
    {
        var student = system.AddStudent();
        var uuid = (await system.HandInAsync(student)).Uuid;
        await EditAsync(student, uuid, new AchievementText { Title = "Другое" });
        await EditAsync(student, uuid, new AchievementText { EventType = EventType.Event, Description = "Второе место" });

        await IsChangedAsync(system.Teacher().ModerateAchievementAsync(Versioned(Accept(uuid, 1), 1)), "eventType", "title", "description");
        await IsChangedAsync(system.Teacher().ModerateAchievementAsync(Versioned(Reject(uuid), 2)), "eventType", "description");

        await system.Teacher().ModerateAchievementAsync(Versioned(Accept(uuid, 1), 3));
        await IsChangedAsync(system.Teacher().ModerateAchievementAsync(Versioned(Accept(uuid, 1), 2)), "eventType", "description");
        await system.Teacher().ModerateAchievementAsync(Versioned(Accept(uuid, 1), 3));
    }

    [Fact]
    public async Task Moderate_AnOlderVersion_IsRefusedAlsoWhenTheQueueShowedTheNewOne()
    {
        var (student, teacher) = (system.AddStudent(), system.Teacher());
        var uuid = (await system.HandInAsync(student)).Uuid;
        await EditAsync(student, uuid, new AchievementText { Title = "Другое" });
        await ReadAsync(teacher, uuid);

        await IsChangedAsync(teacher.ModerateAchievementAsync(Versioned(Accept(uuid, 1), 1)), "title");
    }

    [Theory]
    [InlineData(2, "version: the achievement has the version 1")]
    [InlineData(0, "version: must be between 1 and 2147483647")]
    [InlineData(-1, "version: must be between 1 and 2147483647")]
    public async Task ModerateAndReverse_AVersionThatIsNone_NameTheField(int version, string expected)
    {
        var uuid = (await system.HandInAsync(system.AddStudent())).Uuid;
        var wrong = new Grpc.Core.Status(StatusCode.InvalidArgument, expected);

        Assert.Equal(wrong, await FailsAsync(system.Teacher().ModerateAchievementAsync(Versioned(Accept(uuid, 1), version))));
        Assert.Equal(wrong, await FailsAsync(system.Teacher().ReverseAchievementAsync(new() { Uuid = uuid, Reason = "нет", Version = version })));
    }

    [Fact]
    public async Task Resubmit_EqualValues_IsNoNewVersion()
    {
        var (student, teacher) = (system.AddStudent(), system.Teacher());
        var file = system.Files.Upload(student, "same.pdf", "achievement");
        var handedIn = await system.As(student).CreateAchievementAsync(new CreateAchievementRequest { ConfirmFile = file, Achievement = Text() });
        await ReadAsync(teacher, handedIn.Uuid);

        // The same content is stored under another id, and by the same name.
        var again = system.Files.Upload(student, "same.pdf", "achievement");
        var same = await system.As(student).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = handedIn.Uuid, ConfirmFile = again, Achievement = Text() });

        Assert.NotEqual(file.FileId, again.FileId);
        Assert.Equal(1, same.Version);
        await teacher.ModerateAchievementAsync(Accept(handedIn.Uuid, 1));
    }

    [Fact]
    public async Task Moderate_RejectedByAnotherAndSubmittedAgain_IsRefused()
    {
        var (student, teacher) = (system.AddStudent(), system.Teacher());
        var uuid = (await system.HandInAsync(student)).Uuid;
        await ReadAsync(teacher, uuid);
        await system.Teacher().ModerateAchievementAsync(Reject(uuid, "Не видно"));
        Assert.Equal(2, (await system.As(student).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = uuid })).Version);

        await IsChangedAsync(teacher.ModerateAchievementAsync(Accept(uuid, 1)), "status");
        await IsChangedAsync(teacher.ModerateAchievementAsync(Versioned(Accept(uuid, 1), 1)), "status");

        await ReadAsync(teacher, uuid);
        await teacher.ModerateAchievementAsync(Accept(uuid, 1));
    }

    [Fact]
    public async Task Moderate_ShownToAnotherSessionOrOnAnotherPage_IsRefused()
    {
        var (student, moderator) = (system.AddStudent(), Guid.NewGuid());
        var uuid = (await system.HandInAsync(student)).Uuid;
        await EditAsync(student, uuid, new AchievementText { Title = "Другое" });
        var (phone, computer) = (system.Teacher(moderator), system.Teacher(moderator));
        var newest = (await system.HandInAsync(student, "Новее")).Uuid;

        Assert.Equal(newest, Assert.Single((await computer.ListQueueAsync(new ListQueueRequest { Limit = 1 })).Achievements).Uuid);
        await ReadAsync(phone, uuid);

        await IsChangedAsync(computer.ModerateAchievementAsync(Accept(uuid, 1)), "title");
        await phone.ModerateAchievementAsync(Accept(uuid, 1));
    }

    [Fact]
    public async Task Moderate_RepeatedAfterItWasSubmittedAgain_DecidesNothing()
    {
        var (student, teacher) = (system.AddStudent(), system.Teacher());
        var uuid = (await system.HandInAsync(student)).Uuid;
        await EditAsync(student, uuid, new AchievementText { Title = "Другое" });
        await ReadAsync(teacher, uuid);
        var key = Guid.NewGuid().ToString();
        await teacher.ModerateAchievementAsync(Reject(uuid), new Metadata { { "idempotency-key", key } });
        await teacher.ModerateAchievementAsync(Reject(uuid));
        await system.As(student).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = uuid });

        await teacher.ModerateAchievementAsync(Reject(uuid), new Metadata { { "idempotency-key", key } });
        await IsChangedAsync(teacher.ModerateAchievementAsync(Reject(uuid)), "title", "status");
        await IsChangedAsync(teacher.ModerateAchievementAsync(Versioned(Reject(uuid), 2)), "status");

        Assert.Equal(3, Assert.Single((await system.As(student).ListPendingAsync(new())).Achievements).Version);
    }

    [Fact]
    public async Task Reverse_AnOlderVersion_IsRefused()
    {
        var student = system.AddStudent();
        var uuid = (await system.HandInAsync(student)).Uuid;
        await system.Teacher().ModerateAchievementAsync(Accept(uuid, 5));
        await system.Teacher().ReverseAchievementAsync(new() { Uuid = uuid, Reason = "Чужой диплом", Version = 1 });
        await EditAsync(student, uuid, new AchievementText { Title = "Свой диплом" });
        await system.Teacher().ModerateAchievementAsync(Versioned(Accept(uuid, 5), 2));

        await IsChangedAsync(system.Teacher().ReverseAchievementAsync(new() { Uuid = uuid, Reason = "Чужой диплом", Version = 1 }), "title", "status");

        Assert.Equal(2, Assert.Single((await system.As(student).ListAchievementsAsync(new())).Achievements).Version);
    }

    [Fact]
    public async Task ShownVersions_AreWrittenOnceForWhatChanged_AndEndWithTheDecision()
    {
        var (student, teacher) = (system.AddStudent(), system.Teacher());
        var (changed, unchanged) = ((await system.HandInAsync(student)).Uuid, (await system.HandInAsync(student, "Другая")).Uuid);
        await EditAsync(student, changed, new AchievementText { Title = "Другое" });

        await ReadAsync(teacher, changed);
        var written = await WrittenAsync(changed);
        await ReadAsync(teacher, changed);

        Assert.Single(written);
        Assert.Equal(written, await WrittenAsync(changed));
        Assert.Empty(await WrittenAsync(unchanged));
        await teacher.ModerateAchievementAsync(Accept(changed, 1));
        Assert.Empty(await WrittenAsync(changed));
    }

    [Fact]
    public async Task DeleteUser_WhoseChangedAchievementWasShown_DeletesIt()
    {
        var student = system.AddStudent();
        var uuid = (await system.HandInAsync(student)).Uuid;
        await EditAsync(student, uuid, new AchievementText { Title = "Другое" });
        await ReadAsync(system.Teacher(), uuid);

        await system.AsUsers.DeleteUserAsync(new DeleteUserRequest { UserId = student.ToString() }, new Metadata { { "shtp-message-id", Guid.NewGuid().ToString() } });

        Assert.Empty(await WrittenAsync(uuid));
    }

    private static ModerateAchievementRequest Versioned(ModerateAchievementRequest request, int version)
    {
        request.Version = version;
        return request;
    }

    private static async Task<Achievement> ReadAsync(AchievementsService.AchievementsServiceClient teacher, string uuid) =>
        Assert.Single((await teacher.ListQueueAsync(new ListQueueRequest())).Achievements, row => row.Uuid == uuid);

    private static async Task<RpcException> IsChangedAsync<T>(AsyncUnaryCall<T> call, params string[] fields)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Aborted, refused.StatusCode);
        Assert.Equal(fields, refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field));
        return refused;
    }

    private Task<Achievement> EditAsync(Guid student, string uuid, AchievementText text) =>
        system.As(student).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = uuid, Achievement = text }).ResponseAsync;

    /// <summary>The transactions that wrote what was shown of the achievement.</summary>
    private Task<List<string>> WrittenAsync(string uuid) => system.WithDbAsync(db =>
        db.Database.SqlQuery<string>($"SELECT xmin::text AS \"Value\" FROM shown_versions WHERE achievement_id = {Guid.Parse(uuid)}").ToListAsync());
}

using Grpc.Core;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using Xunit;
using static ShTP.Services.Tests.Achievements.AchievementsSystem;

namespace ShTP.Services.Tests.Achievements;

public sealed class HandingInTests(AchievementsSystem system) : IClassFixture<AchievementsSystem>
{
    [Fact]
    public async Task Create_WithFile_WaitsWithASignedAttachmentAndAClaim()
    {
        var student = system.AddStudent();
        var file = system.Files.Upload(student, "0123.pdf", "achievement");

        var created = await system.As(student).CreateAchievementAsync(new CreateAchievementRequest { ConfirmFile = file, Achievement = Text() });

        Assert.Null(created.User);
        Assert.Equal(("Олимпиада", "Первое место", EventType.Olimpiad), (created.Title, created.Description, created.EventType));
        Assert.StartsWith("0123.pdf?exp=", created.AttachmentName, StringComparison.Ordinal);
        Assert.False(created.HasPoints || created.HasAcceptedBy || created.HasAcceptedByAgain);
        Assert.Null(created.AcceptedAt);
        var waiting = Assert.Single((await system.As(student).ListPendingAsync(new ListPendingRequest())).Achievements);
        Assert.Equal(new Owner { Uuid = student.ToString(), FirstName = "Ада", LastName = "Лавлейс", AvatarPath = "default.png" }, waiting.User);
        Assert.Empty((await system.As(student).ListAchievementsAsync(new ListAchievementsRequest())).Achievements);
        await system.SettleAsync();
        Assert.Contains($"claim {file.FileId} of {student} as achievement:{created.Uuid}", system.Files.Told);
    }

    [Fact]
    public async Task Create_FileOfSomebodyElseOrOfAnotherKindOrNone_IsRefused()
    {
        var (student, other) = (system.AddStudent(), system.AddStudent());
        foreach (var file in new[] { system.Files.Upload(other, kind: "achievement"), system.Files.Upload(student, kind: "avatar"), null, new UploadedFile { FileId = "x" } })
        {
            var status = await FailsAsync(system.As(student).CreateAchievementAsync(new CreateAchievementRequest { ConfirmFile = file, Achievement = Text() }));
            Assert.Equal(StatusCode.InvalidArgument, status.StatusCode);
            Assert.StartsWith("confirmFile: ", status.Detail, StringComparison.Ordinal);
        }

        Assert.Empty((await system.As(student).ListPendingAsync(new ListPendingRequest())).Achievements);
    }

    [Fact]
    public async Task Create_WrongText_NamesEveryFault()
    {
        var student = system.AddStudent();
        var file = system.Files.Upload(student, kind: "achievement");

        var missing = await FailsAsync(system.As(student).CreateAchievementAsync(new CreateAchievementRequest { ConfirmFile = file }));
        var wrong = await FailsAsync(system.As(student).CreateAchievementAsync(new CreateAchievementRequest
        {
            ConfirmFile = file,
            Achievement = new AchievementText { EventType = (EventType)7, Title = new string('x', 501), Description = new string('x', 5001) },
        }));

        Assert.Equal("achievement.eventType: field required; achievement.title: field required; achievement.description: field required", missing.Detail);
        Assert.Equal("achievement.eventType: must be olimpiad or event; achievement.title: must have 1 to 500 characters; achievement.description: must have 1 to 5000 characters", wrong.Detail);
    }

    [Fact]
    public async Task Create_ManyAtOnce_NoMoreThanAHundredWait()
    {
        var student = system.AddStudent();
        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(async i =>
        {
            try
            {
                await system.HandInAsync(student, $"Номер {i}");
                return StatusCode.OK;
            }
            catch (RpcException refused)
            {
                return refused.StatusCode;
            }
        }));

        Assert.Equal((100, 20), (answers.Count(code => code == StatusCode.OK), answers.Count(code => code == StatusCode.FailedPrecondition)));
        Assert.Equal(100, (await system.As(student).ListPendingAsync(new ListPendingRequest())).Achievements.Count);
    }

    [Fact]
    public async Task Resubmit_RejectedWithNewFile_WaitsAgain()
    {
        var student = system.AddStudent();
        var first = await system.HandInAsync(student);
        await system.Teacher().ModerateAchievementAsync(Reject(first.Uuid, "Не видно"));
        var rejected = Assert.Single((await system.As(student).ListRejectedAsync(new ListRejectedRequest())).Achievements);
        Assert.Equal((AchievementStatus.Rejected, "Не видно"), (rejected.Status, rejected.Reason));
        var file = system.Files.Upload(student, "new.pdf", "achievement");

        var again = await system.As(student).ResubmitAchievementAsync(new ResubmitAchievementRequest
        {
            Uuid = first.Uuid,
            ConfirmFile = file,
            Achievement = new AchievementText { Title = "Другое" },
        });

        Assert.Equal(("Другое", "Первое место", AchievementStatus.Pending, false), (again.Title, again.Description, again.Status, again.HasReason));
        Assert.StartsWith("new.pdf?", again.AttachmentName, StringComparison.Ordinal);
        Assert.Empty((await system.As(student).ListRejectedAsync(new ListRejectedRequest())).Achievements);
        await system.SettleAsync();
        var told = system.Files.Told.Where(one => one.Contains(first.Uuid, StringComparison.Ordinal)).ToList();
        Assert.Equal(3, told.Count);
        Assert.StartsWith("release ", told[1], StringComparison.Ordinal);
        Assert.StartsWith($"claim {file.FileId}", told[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resubmit_NotMineOrUnknownOrAccepted_IsRefused()
    {
        var (student, other) = (system.AddStudent(), system.AddStudent());
        var mine = await system.HandInAsync(student);
        await system.Teacher().ModerateAchievementAsync(Accept(mine.Uuid, 1));

        var foreign = await FailsAsync(system.As(other).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = mine.Uuid }));
        var unknown = await FailsAsync(system.As(other).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = Guid.NewGuid().ToString() }));
        var nonsense = await FailsAsync(system.As(other).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = "x" }));
        var accepted = await FailsAsync(system.As(student).ResubmitAchievementAsync(new ResubmitAchievementRequest { Uuid = mine.Uuid }));

        Assert.Equal(
            (StatusCode.NotFound, StatusCode.NotFound, StatusCode.InvalidArgument, StatusCode.FailedPrecondition),
            (foreign.StatusCode, unknown.StatusCode, nonsense.StatusCode, accepted.StatusCode));
    }
}

using System.Text.Json;
using Grpc.Core;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using Xunit;
using static ShTP.Services.Tests.Achievements.AchievementsSystem;

namespace ShTP.Services.Tests.Achievements;

public sealed class InternalTests(AchievementsSystem system) : IClassFixture<AchievementsSystem>
{
    [Fact]
    public async Task DeleteUser_Student_LeavesNothing()
    {
        var (student, other) = (system.AddStudent(), system.AddStudent());
        await system.HandInAsync(student);
        await system.Teacher().ModerateAchievementAsync(Accept((await system.HandInAsync(student)).Uuid, 1));
        await system.MedalsAsTeacher().AwardMedalAsync(new() { UserId = student.ToString(), Kind = MedalKind.Gold, Name = "x" });
        await system.HandInAsync(other);

        await system.AsUsers.DeleteUserAsync(new DeleteUserRequest { UserId = student.ToString() }, Message());

        Assert.Empty((await system.As(student).ListPendingAsync(new())).Achievements);
        Assert.Empty((await system.As(student).ListAchievementsAsync(new())).Achievements);
        Assert.Empty((await system.MedalsAsTeacher().ListMedalsAsync(new() { Uuid = student.ToString() })).Medals);
        Assert.Single((await system.As(other).ListPendingAsync(new())).Achievements);
    }

    [Fact]
    public async Task DeleteUser_Teacher_LeavesDecisionsWithoutTheName()
    {
        var (student, teacher) = (system.AddStudent(), Guid.NewGuid());
        await system.Teacher(teacher).ModerateAchievementAsync(Accept((await system.HandInAsync(student)).Uuid, 1));
        await system.MedalsAsTeacher(teacher).AwardMedalAsync(new() { UserId = student.ToString(), Kind = MedalKind.Gold, Name = "x" });

        await system.AsUsers.DeleteUserAsync(new DeleteUserRequest { UserId = teacher.ToString() }, Message());

        var accepted = Assert.Single((await system.As(student).ListAchievementsAsync(new())).Achievements);
        Assert.False(accepted.HasAcceptedBy || accepted.HasAcceptedByAgain);
        Assert.NotNull(accepted.AcceptedAt);
        Assert.False(Assert.Single((await system.MedalsAsTeacher().ListMedalsAsync(new() { Uuid = student.ToString() })).Medals).HasAwardedBy);
    }

    [Fact]
    public async Task ExportUser_Student_HoldsAchievementsAndMedals()
    {
        var student = system.AddStudent();
        await system.HandInAsync(student, "Моё");
        await system.MedalsAsTeacher().AwardMedalAsync(new() { UserId = student.ToString(), Kind = MedalKind.Silver, Name = "За дело" });

        using var call = system.AsUsers.ExportUser(new ExportUserRequest { UserId = student.ToString() });
        var files = new Dictionary<string, string>();
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
            files[piece.Path] = files.GetValueOrDefault(piece.Path, "") + piece.Content.ToStringUtf8();

        Assert.Equal("Моё", Assert.Single(JsonDocument.Parse(files["achievements.json"]).RootElement.EnumerateArray()).GetProperty("title").GetString());
        Assert.Equal("silver", Assert.Single(JsonDocument.Parse(files["medals.json"]).RootElement.EnumerateArray()).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task InternalCalls_Nonsense_AreRefused()
    {
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(system.AsUsers.DeleteUserAsync(new DeleteUserRequest { UserId = "x" }, Message()))).StatusCode);
        using var export = system.AsUsers.ExportUser(new ExportUserRequest { UserId = "x" });
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => export.ResponseStream.MoveNext(CancellationToken.None))).StatusCode);
    }

    private static Metadata Message() => new() { { "shtp-message-id", Guid.NewGuid().ToString() } };
}

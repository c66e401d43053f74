using Grpc.Core;
using ShTP.Achievements.V1;
using ShTP.Services.Tests.Audits;
using Xunit;
using static ShTP.Services.Tests.Achievements.AchievementsSystem;

namespace ShTP.Services.Tests.Achievements;

public sealed class MedalTests(AchievementsSystem system) : IClassFixture<AchievementsSystem>
{
    [Fact]
    public async Task Award_Student_IsListedCountedAndTold()
    {
        var (student, teacher) = (system.AddStudent(), Guid.NewGuid());

        var medal = await system.MedalsAsTeacher(teacher).AwardMedalAsync(New(student, MedalKind.Gold));

        Assert.Equal((student.ToString(), MedalKind.Gold, "Лучший", teacher.ToString()), (medal.UserId, medal.Kind, medal.Name, medal.AwardedBy));
        var listed = (await system.Host.Anonymous<MedalsService.MedalsServiceClient>().ListMedalsAsync(new() { Uuid = student.ToString() })).Medals;
        Assert.Equal(medal, Assert.Single(listed));
        await system.SettleAsync();
        Assert.Equal(new ShTP.Users.V1.Medals { Gold = 1 }, Assert.Single(system.Users.Medals, message => message.UserId == student.ToString()).Medals);
        var told = Assert.Single(system.ToldTo(student));
        Assert.Equal((3, "Лучший", "gold"), (told.Type, told.Data.Fields["name"].StringValue, told.Data.Fields["medal"].StringValue));
    }

    [Fact]
    public async Task AwardAndRevoke_ManyAtOnce_EndWithTheRightCounts()
    {
        var student = system.AddStudent();
        var medals = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i => await system.MedalsAsTeacher().AwardMedalAsync(New(student, (MedalKind)(i % 3)))));
        await Task.WhenAll(medals.Where(medal => medal.Kind == MedalKind.Bronze).SelectMany(medal => Enumerable.Repeat(medal, 2))
            .Select(async medal => await system.MedalsAsTeacher().RevokeMedalAsync(new() { Uuid = medal.Uuid })));

        await system.SettleAsync();
        Assert.Equal(new ShTP.Users.V1.Medals { Gold = 10, Silver = 10 }, system.Users.Medals.Last(message => message.UserId == student.ToString()).Medals);
        Assert.Equal(20, (await system.MedalsAsTeacher().ListMedalsAsync(new() { Uuid = student.ToString() })).Medals.Count);
    }

    [Fact]
    public async Task Revoke_Medal_IsKeptWithWhatItWas()
    {
        var medal = await system.MedalsAsTeacher().AwardMedalAsync(New(system.AddStudent(), MedalKind.Gold));

        await system.MedalsAsTeacher().RevokeMedalAsync(new() { Uuid = medal.Uuid });

        Assert.Contains("\"Name\":\"Лучший\"", await system.WithDbAsync(db => db.BeforeAsync("MedalsService.RevokeMedal", medal.Uuid)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Award_TheHundredAndFirst_IsRefused()
    {
        var student = system.AddStudent();
        for (var i = 0; i < 100; i++)
            await system.MedalsAsTeacher().AwardMedalAsync(New(student, MedalKind.Silver));

        Assert.Equal(StatusCode.FailedPrecondition, (await FailsAsync(system.MedalsAsTeacher().AwardMedalAsync(New(student, MedalKind.Silver)))).StatusCode);
    }

    [Fact]
    public async Task Award_Nonsense_NamesTheField()
    {
        var student = system.AddStudent();

        var missing = await FailsAsync(system.MedalsAsTeacher().AwardMedalAsync(new AwardMedalRequest()));
        var wrong = await FailsAsync(system.MedalsAsTeacher().AwardMedalAsync(new AwardMedalRequest { UserId = student.ToString(), Kind = (MedalKind)9, Name = new string('x', 201) }));
        var unknown = await FailsAsync(system.MedalsAsTeacher().AwardMedalAsync(New(Guid.NewGuid(), MedalKind.Gold)));

        Assert.Equal("userId: field required; kind: field required; name: field required", missing.Detail);
        Assert.Equal("kind: must be gold, silver or bronze; name: must have 1 to 200 characters", wrong.Detail);
        Assert.Equal(new Status(StatusCode.NotFound, "User with such uuid/nickname not found"), unknown);
    }

    [Fact]
    public async Task RevokeAndList_UnknownOrNonsense_AsTheContractSays()
    {
        await system.MedalsAsTeacher().RevokeMedalAsync(new() { Uuid = Guid.NewGuid().ToString() });
        Assert.Empty((await system.MedalsAsTeacher().ListMedalsAsync(new() { Uuid = Guid.NewGuid().ToString() })).Medals);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(system.MedalsAsTeacher().RevokeMedalAsync(new() { Uuid = "x" }))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(system.MedalsAsTeacher().ListMedalsAsync(new() { Uuid = "x" }))).StatusCode);
    }

    private static AwardMedalRequest New(Guid student, MedalKind kind) => new() { UserId = student.ToString(), Kind = kind, Name = "Лучший" };
}

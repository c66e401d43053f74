using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using ShTP.Testing;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

/// <summary>Checkers that vanish. Leases last a second here.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private readonly ShortLeases system = new();

    public async ValueTask InitializeAsync()
    {
        await system.InitializeAsync();
        await system.AddChallengeAsync();
    }

    public ValueTask DisposeAsync() => system.DisposeAsync();

    [Fact]
    public async Task LostChecker_ItsWork_IsJudgedOnceByAnother()
    {
        var (lost, later) = (await system.SubmitAsync(system.AddStudent()), await system.SubmitAsync(system.AddStudent()));
        var first = await system.MustTakeAsync();
        await Eventually.HoldsAsync(async () => (await system.GetAsync(lost.Uuid)) is { Status: 0, QueuePlace: 0 }, "the work is queued again", TimeSpan.FromSeconds(5));

        var second = await system.MustTakeAsync();
        Assert.Equal((lost.Uuid, lost.Uuid), (first.Tasks[0].SubmitId, second.Tasks[0].SubmitId));
        Assert.NotEqual(first.LeaseId, second.LeaseId);
        // The first one was only slow, and is refused; what it says is not written.
        Assert.Equal(
            (StatusCode.FailedPrecondition, "The lease is lost"),
            await AssignmentsSystem.FailsAsync(system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(first, Verdict.WrongAnswer))));
        Assert.Equal([first.LeaseId], (await system.Checker.HeartbeatAsync(new HeartbeatRequest { LeaseIds = { first.LeaseId, second.LeaseId } })).LostIds);
        await system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(second, Verdict.Accepted));
        Assert.True((await system.GetAsync(lost.Uuid)).Solved);
        Assert.Equal(later.Uuid, (await system.MustTakeAsync()).Tasks[0].SubmitId);
        Assert.Null(await system.TakeAsync());
    }

    [Fact]
    public async Task LostChecker_WhileAnotherWaits_WakesIt()
    {
        await system.SubmitAsync(system.AddStudent());
        var lost = await system.MustTakeAsync();
        var found = await system.TakeAsync(waitSeconds: 20);
        Assert.Equal(lost.Tasks[0].SubmitId, found!.Tasks[0].SubmitId);
    }

    [Fact]
    public async Task Heartbeat_EverySoOften_KeepsTheLease()
    {
        await system.SubmitAsync(system.AddStudent());
        var work = await system.MustTakeAsync();
        var end = DateTime.UtcNow.AddSeconds(3);
        // Far longer than a lease lasts.
        await Eventually.HoldsAsync(async () =>
        {
            Assert.Empty((await system.Checker.HeartbeatAsync(new HeartbeatRequest { LeaseIds = { work.LeaseId } })).LostIds);
            return DateTime.UtcNow > end;
        }, "three seconds pass");
        Assert.Equal(0, await system.WithDbAsync(db => db.Work.Select(w => (int)w.Losses).SingleAsync()));
        await system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted));
        // What is done is not prolonged.
        Assert.Equal([work.LeaseId], (await system.Checker.HeartbeatAsync(new HeartbeatRequest { LeaseIds = { work.LeaseId } })).LostIds);
    }

    [Fact]
    public async Task LostChecker_TenTimes_EndsWithoutAVerdict()
    {
        var submit = await system.SubmitAsync(system.AddStudent());
        for (var i = 0; i < 10; i++)
            Assert.NotNull(await system.TakeAsync(waitSeconds: 20));
        await Eventually.HoldsAsync(async () => (await system.GetAsync(submit.Uuid)).Status == 2, "it is given up");
        var read = await system.GetAsync(submit.Uuid);
        Assert.Equal((false, "Решение не удалось проверить", 2), (read.Solved, read.Message, read.TestsResults.Values.Count));
        Assert.All(read.TestsResults.Values, value => Assert.Equal("notRun", value.StructValue.Fields["verdict"].StringValue));
        Assert.Null(await system.TakeAsync(waitSeconds: 2));
    }

    [Fact]
    public async Task LostChecker_OfARejectedSubmission_LeavesItRejected()
    {
        var submit = await system.SubmitAsync(system.AddStudent());
        await system.MustTakeAsync();
        await system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = submit.Uuid });
        Assert.NotNull(await system.TakeAsync(waitSeconds: 20));
        Assert.Equal(3, (await system.GetAsync(submit.Uuid)).Status);
    }
}

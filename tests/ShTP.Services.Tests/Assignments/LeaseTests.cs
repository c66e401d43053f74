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
    private readonly ShortLeases _system = new();

    public async ValueTask InitializeAsync()
    {
        await _system.InitializeAsync();
        await _system.AddChallengeAsync();
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task LostChecker_ItsWork_IsJudgedOnceByAnother()
    {
        var (lost, later) = (await _system.SubmitAsync(_system.AddStudent()), await _system.SubmitAsync(_system.AddStudent()));
        var first = await _system.MustTakeAsync();
        await Eventually.HoldsAsync(async () => (await _system.GetAsync(lost.Uuid)) is { Status: 0, QueuePlace: 0 }, "the work is queued again", TimeSpan.FromSeconds(5));

        var second = await _system.MustTakeAsync();
        Assert.Equal((lost.Uuid, lost.Uuid), (first.Tasks[0].SubmitId, second.Tasks[0].SubmitId));
        Assert.NotEqual(first.LeaseId, second.LeaseId);
        // The first one was only slow, and is refused; what it says is not written.
        Assert.Equal(
            (StatusCode.FailedPrecondition, "The lease is lost"),
            await AssignmentsSystem.FailsAsync(_system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(first, Verdict.WrongAnswer))));
        Assert.Equal([first.LeaseId], (await _system.Checker.HeartbeatAsync(new HeartbeatRequest { LeaseIds = { first.LeaseId, second.LeaseId } })).LostIds);
        await _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(second, Verdict.Accepted));
        Assert.True((await _system.GetAsync(lost.Uuid)).Solved);
        Assert.Equal(later.Uuid, (await _system.MustTakeAsync()).Tasks[0].SubmitId);
        Assert.Null(await _system.TakeAsync());
    }

    [Fact]
    public async Task LostChecker_WhileAnotherWaits_WakesIt()
    {
        await _system.SubmitAsync(_system.AddStudent());
        var lost = await _system.MustTakeAsync();
        var found = await _system.TakeAsync(waitSeconds: 20);
        Assert.Equal(lost.Tasks[0].SubmitId, found!.Tasks[0].SubmitId);
    }

    [Fact]
    public async Task Heartbeat_EverySoOften_KeepsTheLease()
    {
        await _system.SubmitAsync(_system.AddStudent());
        var work = await _system.MustTakeAsync();
        var end = DateTime.UtcNow.AddSeconds(3);
        // Far longer than a lease lasts.
        await Eventually.HoldsAsync(async () =>
        {
            Assert.Empty((await _system.Checker.HeartbeatAsync(new HeartbeatRequest { LeaseIds = { work.LeaseId } })).LostIds);
            return DateTime.UtcNow > end;
        }, "three seconds pass");
        Assert.Equal(0, await _system.WithDbAsync(db => db.Work.Select(w => (int)w.Losses).SingleAsync()));
        await _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted));
        // What is done is not prolonged.
        Assert.Equal([work.LeaseId], (await _system.Checker.HeartbeatAsync(new HeartbeatRequest { LeaseIds = { work.LeaseId } })).LostIds);
    }

    [Fact]
    public async Task LostChecker_TenTimes_EndsWithoutAVerdict()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        for (var i = 0; i < 10; i++)
            Assert.NotNull(await _system.TakeAsync(waitSeconds: 20));
        await Eventually.HoldsAsync(async () => (await _system.GetAsync(submit.Uuid)).Status == 2, "it is given up");
        var read = await _system.GetAsync(submit.Uuid);
        Assert.Equal((false, "Решение не удалось проверить", 2), (read.Solved, read.Message, read.TestsResults.Values.Count));
        Assert.All(read.TestsResults.Values, value => Assert.Equal("notRun", value.StructValue.Fields["verdict"].StringValue));
        Assert.Null(await _system.TakeAsync(waitSeconds: 2));
    }

    [Fact]
    public async Task LostChecker_OfARejectedSubmission_LeavesItRejected()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        await _system.MustTakeAsync();
        await _system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = submit.Uuid });
        Assert.NotNull(await _system.TakeAsync(waitSeconds: 20));
        Assert.Equal(3, (await _system.GetAsync(submit.Uuid)).Status);
    }
}

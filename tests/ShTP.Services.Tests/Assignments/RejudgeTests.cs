using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

/// <summary>Judging anew. Each test has a queue of its own.</summary>
public sealed class RejudgeTests : IAsyncLifetime
{
    private readonly AssignmentsSystem _system = new();
    private string _task = "";

    public async ValueTask InitializeAsync()
    {
        await _system.InitializeAsync();
        _task = (await _system.AddChallengeAsync()).Uuid;
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task Rejudge_OfATask_ShowsDifferencesAndChangesNothingUntilItIsApplied()
    {
        Guid[] students = [_system.AddStudent(), _system.AddStudent(), _system.AddStudent(), _system.AddStudent()];
        var submits = new List<Submit>();
        foreach (var (student, verdict) in students.Zip([Verdict.Accepted, Verdict.WrongAnswer, Verdict.Accepted, Verdict.Accepted]))
        {
            var submit = await _system.SubmitAsync(student, $"print('{student}')");
            await _system.JudgeAsync(verdict);
            submits.Add(await _system.GetAsync(submit.Uuid));
        }

        await _system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = submits[3].Uuid });
        var rejudge = await StartAsync(new StartRejudgeRequest { TaskId = _task });
        Assert.Equal((_task, 3, 0, 0), (rejudge.TaskId, rejudge.Total, rejudge.Judged, rejudge.Differences.Count));

        var work = await _system.JudgeAsync(Verdict.WrongAnswer);
        Assert.Equal((submits[0].Uuid, $"print('{students[0]}')"), (work.Tasks[0].SubmitId, work.Source));
        Assert.Equal((StatusCode.FailedPrecondition, "The rejudge is not finished"), await AssignmentsSystem.FailsAsync(ApplyAsync(rejudge.Uuid)));
        await _system.JudgeAsync(Verdict.Accepted);
        await _system.JudgeAsync(Verdict.Accepted);
        // A rejection that comes meanwhile stands.
        await _system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = submits[1].Uuid });

        var finished = await GetAsync(rejudge.Uuid);
        Assert.Equal((3, 3), (finished.Total, finished.Judged));
        RejudgeDifference[] differences =
        [
            new() { SubmitId = submits[0].Uuid, UserId = students[0].ToString(), SolvedBefore = true, SolvedAfter = false, AcceptedBefore = 2, AcceptedAfter = 0 },
            new() { SubmitId = submits[1].Uuid, UserId = students[1].ToString(), SolvedBefore = false, SolvedAfter = true, AcceptedBefore = 0, AcceptedAfter = 2 },
        ];
        Assert.Equal(differences, finished.Differences);
        Assert.Equal(submits[0], await _system.GetAsync(submits[0].Uuid));

        var applied = await ApplyAsync(rejudge.Uuid);
        Assert.NotNull(applied.AppliedAt);
        Assert.Equal(differences, applied.Differences);
        Assert.Equal(applied, await ApplyAsync(rejudge.Uuid));
        var (first, second, third, fourth) = (await _system.GetAsync(submits[0].Uuid), await _system.GetAsync(submits[1].Uuid), await _system.GetAsync(submits[2].Uuid), await _system.GetAsync(submits[3].Uuid));
        Assert.Equal((2, false, "wrongAnswer"), (first.Status, first.Solved, first.TestsResults.Values[0].StructValue.Fields["verdict"].StringValue));
        Assert.Equal([(3, false), (2, true), (3, false)], new[] { second, third, fourth }.Select(submit => (submit.Status, submit.Solved)));
        Assert.Equal((StatusCode.FailedPrecondition, "The rejudge was applied"), await AssignmentsSystem.FailsAsync(DropAsync(rejudge.Uuid)));
    }

    [Fact]
    public async Task Rejudge_WhileStudentsWait_ComesAfterThem()
    {
        var judged = await _system.SubmitAsync(_system.AddStudent());
        await _system.JudgeAsync(Verdict.Accepted);
        await StartAsync(new StartRejudgeRequest { SubmitId = judged.Uuid });
        var waiting = await _system.SubmitAsync(_system.AddStudent());
        Assert.Equal(0, waiting.QueuePlace);
        Assert.Equal(waiting.Uuid, (await _system.MustTakeAsync()).Tasks[0].SubmitId);
        Assert.Equal(judged.Uuid, (await _system.MustTakeAsync()).Tasks[0].SubmitId);
        Assert.Equal(2, (await _system.GetAsync(judged.Uuid)).Status);
    }

    [Fact]
    public async Task Rejudge_Dropped_IsNotJudgedAndNotApplied()
    {
        await JudgedAsync();
        await JudgedAsync();
        var rejudge = await StartAsync(new StartRejudgeRequest { TaskId = _task });
        var taken = await _system.MustTakeAsync();
        for (var i = 0; i < 2; i++)
            await DropAsync(rejudge.Uuid);
        Assert.Null(await _system.TakeAsync());
        Assert.Equal("The lease is lost", (await AssignmentsSystem.FailsAsync(_system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(taken, Verdict.WrongAnswer)))).Detail);
        Assert.Equal((StatusCode.FailedPrecondition, "The rejudge was dropped"), await AssignmentsSystem.FailsAsync(ApplyAsync(rejudge.Uuid)));
        Assert.Equal((2, 0), ((await GetAsync(rejudge.Uuid)).Total, (await GetAsync(rejudge.Uuid)).Judged));
        // It is not open any more.
        await StartAsync(new StartRejudgeRequest { TaskId = _task });
    }

    [Fact]
    public async Task Rejudge_GivenUpByCheckers_KeepsWhatWas()
    {
        var submit = await JudgedAsync();
        var rejudge = await StartAsync(new StartRejudgeRequest { SubmitId = submit });
        for (var i = 0; i < 10; i++)
            await _system.Checker.ReturnWorkAsync(new ReturnWorkRequest { LeaseId = (await _system.MustTakeAsync()).LeaseId });
        var applied = await ApplyAsync(rejudge.Uuid);
        Assert.Equal((1, 1, 0), (applied.Total, applied.Judged, applied.Differences.Count));
        Assert.True((await _system.GetAsync(submit)).Solved);
    }

    [Fact]
    public async Task StartRejudge_TwentyAtOnce_OpensOne()
    {
        await JudgedAsync();
        var started = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                return (await StartAsync(new StartRejudgeRequest { TaskId = _task })).Uuid;
            }
            catch (RpcException refused) when (refused.Status is { StatusCode: StatusCode.FailedPrecondition, Detail: "Another rejudge of the task is open; apply or drop it first" })
            {
                return null;
            }
        }));
        Assert.Single(started, id => id is not null);
        Assert.Equal(1, await _system.WithDbAsync(db => db.RejudgeItems.CountAsync()));
    }

    [Fact]
    public async Task Rejudge_WrongRequests_AreRefused()
    {
        var unknown = Guid.NewGuid().ToString();
        (StatusCode, string) either = (StatusCode.InvalidArgument, "submitId: either it or taskId must be given");
        Assert.Equal(either, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest())));
        Assert.Equal(either, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest { SubmitId = unknown, TaskId = unknown })));
        Assert.Equal((StatusCode.NotFound, "No such submit"), await AssignmentsSystem.FailsAsync(_system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest { SubmitId = unknown })));
        Assert.Equal((StatusCode.NotFound, "Task with such uuid not found"), await AssignmentsSystem.FailsAsync(_system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest { TaskId = unknown })));
        Assert.Equal((StatusCode.FailedPrecondition, "There is nothing to judge"), await AssignmentsSystem.FailsAsync(_system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest { TaskId = _task })));
        (StatusCode, string) none = (StatusCode.NotFound, "No such rejudge");
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.GetRejudgeAsync(new GetRejudgeRequest { Uuid = unknown })));
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(ApplyAsync(unknown)));
        await DropAsync(unknown);
        (StatusCode, string) invalid = (StatusCode.InvalidArgument, "uuid: value is not a valid uuid");
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.GetRejudgeAsync(new GetRejudgeRequest { Uuid = "x" })));
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(ApplyAsync("x")));
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(DropAsync("x")));
    }

    [Fact]
    public async Task StartRejudge_MoreThanAThousand_IsRefused()
    {
        var id = Guid.Parse(_task);
        await _system.WithDbAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO submissions (id, user_id, task_id, place, language, file_name, source, status, solved, accepted, created_at, updated_at)
            SELECT gen_random_uuid(), gen_random_uuid(), {id}, 0, 0, 'a.py', 'x', 2, true, 0, now(), now() FROM generate_series(1, 1001)
            """));
        Assert.Equal(
            (StatusCode.FailedPrecondition, "There are more than 1000 submissions of the task"),
            await AssignmentsSystem.FailsAsync(_system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest { TaskId = _task })));
    }

    private async Task<string> JudgedAsync()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        await _system.JudgeAsync(Verdict.Accepted);
        return submit.Uuid;
    }

    private async Task<Rejudge> StartAsync(StartRejudgeRequest request) => await _system.StaffSubmits.StartRejudgeAsync(request);

    private async Task<Rejudge> GetAsync(string uuid) => await _system.StaffSubmits.GetRejudgeAsync(new GetRejudgeRequest { Uuid = uuid });

    private AsyncUnaryCall<Rejudge> ApplyAsync(string uuid) => _system.StaffSubmits.ApplyRejudgeAsync(new ApplyRejudgeRequest { Uuid = uuid });

    private AsyncUnaryCall<Google.Protobuf.WellKnownTypes.Empty> DropAsync(string uuid) => _system.StaffSubmits.DropRejudgeAsync(new DropRejudgeRequest { Uuid = uuid });
}

using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using ShTP.Services.Tests.Audits;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

/// <summary>Deleting tasks and contests: what people handed in stays. Each test has a challenge of its own.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    private readonly AssignmentsSystem _system = new();

    public ValueTask InitializeAsync() => _system.InitializeAsync();

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task DeleteTask_ThatNobodyNeeds_IsGone()
    {
        var task = await _system.AddTaskAsync();
        for (var i = 0; i < 2; i++)
            await _system.Teacher.DeleteTaskAsync(new DeleteTaskRequest { Uuid = task });

        Assert.Equal(StatusCode.NotFound, (await AssignmentsSystem.FailsAsync(_system.Teacher.GetTaskAsync(new GetTaskRequest { Uuid = task }))).Code);
        Assert.Equal(
            (StatusCode.NotFound, "Task with such uuid not found"), await AssignmentsSystem.FailsAsync(_system.Teacher.RestoreTaskAsync(new RestoreTaskRequest { Uuid = task })));
    }

    [Fact]
    public async Task DeleteTask_WithSubmissions_IsArchivedAndCanBeRestored()
    {
        var task = (await _system.AddChallengeAsync()).Uuid;
        var submit = await _system.SubmitAsync(_system.AddStudent());
        await _system.Teacher.DeleteTaskAsync(new DeleteTaskRequest { Uuid = task });

        Assert.Empty((await _system.Teacher.ListTasksAsync(new ListTasksRequest())).Tasks);
        Assert.Empty((await _system.Teacher.SearchTasksAsync(new SearchTasksRequest { Query = "" })).Tasks);
        var archived = Assert.Single((await _system.Teacher.ListTasksAsync(new ListTasksRequest { Archived = true })).Tasks);
        Assert.Equal((task, false), (archived.Uuid, archived.DayChallenge));
        Assert.NotNull(archived.ArchivedAt);
        Assert.Equal((StatusCode.NotFound, "No day challenge for now"), await AssignmentsSystem.FailsAsync(_system.Teacher.GetChallengeAsync(new GetChallengeRequest())));
        (StatusCode, string) refused = (StatusCode.FailedPrecondition, "The task is archived; restore it first");
        Assert.Equal(refused, await AssignmentsSystem.FailsAsync(_system.Teacher.SetChallengeAsync(new SetChallengeRequest { Uuid = task })));
        var contest = AssignmentsSystem.NewContest(_system.AddGroup(), task);
        Assert.Equal((refused.Item1, $"{refused.Item2}: {task}"), await AssignmentsSystem.FailsAsync(_system.TeacherContests.CreateContestAsync(contest)));
        // It was handed in and is judged.
        await _system.JudgeAsync(Verdict.Accepted);
        Assert.True((await _system.GetAsync(submit.Uuid)).Solved);

        Assert.Null((await _system.Teacher.RestoreTaskAsync(new RestoreTaskRequest { Uuid = task })).ArchivedAt);
        Assert.Single((await _system.Teacher.ListTasksAsync(new ListTasksRequest())).Tasks);
    }

    [Fact]
    public async Task DeleteTask_OfAContest_StaysInIt()
    {
        var (group, task) = (_system.AddGroup(), await _system.AddTaskAsync());
        var student = _system.AddStudent(group);
        var contest = await _system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(group, task));
        await _system.Teacher.DeleteTaskAsync(new DeleteTaskRequest { Uuid = task });

        Assert.Equal(task, Assert.Single((await _system.TeacherContests.GetContestAsync(new GetContestRequest { Uuid = contest.Uuid })).Tasks).Uuid);
        await _system.TeacherContests.UpdateContestAsync(new UpdateContestRequest { Uuid = contest.Uuid, Tasks = { task }, Title = "Другое" });
        await _system.Contests(student).SubmitContestAsync(ContestTests.Submission(contest.Uuid));
    }

    [Fact]
    public async Task DeleteContest_WithSubmissions_KeepsMarksAndTakesNothingMore()
    {
        var (group, task) = (_system.AddGroup(), await _system.AddTaskAsync());
        var (student, other) = (_system.AddStudent(group), _system.AddStudent(group));
        var contest = (await _system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(group, task))).Uuid;
        await _system.Contests(student).SubmitContestAsync(ContestTests.Submission(contest));
        await _system.JudgeAsync(Verdict.Accepted);
        await _system.TeacherContests.DeleteContestAsync(new DeleteContestRequest { Uuid = contest });

        Assert.Empty((await _system.TeacherContests.ListContestsAsync(new ListContestsRequest())).Contests);
        Assert.NotNull(Assert.Single((await _system.TeacherContests.ListContestsAsync(new ListContestsRequest { Archived = true })).Contests).ArchivedAt);
        Assert.Equal(100, Assert.Single((await _system.Contests(student).ListAvailableAsync(new ListAvailableRequest())).Contests).SolvedPercentage);
        Assert.Empty((await _system.Contests(other).ListAvailableAsync(new ListAvailableRequest())).Contests);
        var results = (await _system.TeacherContests.GetStatisticsAsync(new GetStatisticsRequest { Uuid = contest })).Students;
        Assert.Equal(5, results.Single(result => result.UserId == $"{student}").Mark);
        (StatusCode, string) none = (StatusCode.NotFound, "No such contest");
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(_system.Contests(other).SubmitContestAsync(ContestTests.Submission(contest))));

        Assert.Null((await _system.TeacherContests.RestoreContestAsync(new RestoreContestRequest { Uuid = contest })).ArchivedAt);
        Assert.Contains("\"ArchivedAt\":\"", await _system.WithDbAsync(db => db.BeforeAsync("ContestsService.RestoreContest", contest)), StringComparison.Ordinal);
        await _system.Contests(other).SubmitContestAsync(ContestTests.Submission(contest));
    }

    [Fact]
    public async Task DeleteContest_ThatNobodyTookPartIn_IsGone()
    {
        var contest = (await _system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(_system.AddGroup(), await _system.AddTaskAsync()))).Uuid;
        await _system.TeacherContests.DeleteContestAsync(new DeleteContestRequest { Uuid = contest });

        (StatusCode, string) none = (StatusCode.NotFound, "No such contest");
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(_system.TeacherContests.GetContestAsync(new GetContestRequest { Uuid = contest })));
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(_system.TeacherContests.RestoreContestAsync(new RestoreContestRequest { Uuid = contest })));
    }

    [Fact]
    public async Task DeleteTask_WhileItIsHandedIn_LosesNoSubmission()
    {
        for (var round = 0; round < 20; round++)
        {
            var task = (await _system.AddChallengeAsync()).Uuid;
            var submitting = _system.SubmitAsync(_system.AddStudent());
            await Task.WhenAll(_system.Teacher.DeleteTaskAsync(new DeleteTaskRequest { Uuid = task }).ResponseAsync, submitting.ContinueWith(_ => { }, TaskScheduler.Default));

            var tasks = await _system.WithDbAsync(db => db.Tasks.CountAsync(t => t.Id == Guid.Parse(task) && t.ArchivedAt != null));
            if (submitting.IsCompletedSuccessfully)
                Assert.Equal((1, task), (tasks, (await submitting).TaskId));
            else
                Assert.Equal((StatusCode.NotFound, 0), ((await Assert.ThrowsAsync<RpcException>(() => submitting)).StatusCode, tasks));
        }
    }
}

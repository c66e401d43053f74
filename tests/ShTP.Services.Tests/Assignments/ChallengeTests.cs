using System.Text;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

/// <summary>There is one challenge for everybody, so each test has a system of its own.</summary>
public sealed class ChallengeTests : IAsyncLifetime
{
    private readonly AssignmentsSystem _system = new();

    public ValueTask InitializeAsync() => _system.InitializeAsync();

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    private TasksService.TasksServiceClient Anybody => _system.Host.Anonymous<TasksService.TasksServiceClient>();

    [Fact]
    public async Task NoChallenge_IsNotFoundEverywhere()
    {
        var student = _system.Tasks(_system.AddStudent());
        (StatusCode, string) expected = (StatusCode.NotFound, "No day challenge for now");
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(Anybody.GetChallengeAsync(new GetChallengeRequest())));
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(Anybody.GetChallengeLeaderboardAsync(new GetChallengeLeaderboardRequest())));
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(student.ListChallengeSubmitsAsync(new ListChallengeSubmitsRequest())));
        Assert.Equal(expected, await AssignmentsSystem.FailsAsync(student.SubmitChallengeAsync(new SubmitChallengeRequest())));
    }

    [Fact]
    public async Task Challenge_ByEveryWay_ReplacesTheOneBefore()
    {
        var created = await _system.AddChallengeAsync();
        Assert.True(created.DayChallenge);
        var seen = await Anybody.GetChallengeAsync(new GetChallengeRequest());
        Assert.Equal((created.Uuid, 1), (seen.Uuid, seen.Tests.Count));
        Assert.Equal(2, (await _system.Teacher.GetChallengeAsync(new GetChallengeRequest())).Tests.Count);

        var (second, third) = (await _system.AddTaskAsync(), await _system.AddTaskAsync());
        Assert.True((await _system.Teacher.SetChallengeAsync(new SetChallengeRequest { Uuid = second })).DayChallenge);
        Assert.Equal(second, (await Anybody.GetChallengeAsync(new GetChallengeRequest())).Uuid);
        var update = new UpdateTaskRequest { Uuid = third, Title = "Третья", TimeLimit = 1, MemoryLimit = 16, DayChallenge = true };
        Assert.True((await _system.Teacher.UpdateTaskAsync(update)).DayChallenge);
        Assert.Equal(third, (await Anybody.GetChallengeAsync(new GetChallengeRequest())).Uuid);

        // Not said is not changed; said not to be one ends it.
        update.ClearDayChallenge();
        Assert.True((await _system.Teacher.UpdateTaskAsync(update)).DayChallenge);
        await AssignmentsSystem.FailsAsync(_system.Teacher.SetChallengeAsync(new SetChallengeRequest { Uuid = Guid.NewGuid().ToString() }));
        Assert.Equal(third, (await Anybody.GetChallengeAsync(new GetChallengeRequest())).Uuid);
        update.DayChallenge = false;
        Assert.False((await _system.Teacher.UpdateTaskAsync(update)).DayChallenge);
        Assert.Equal(StatusCode.NotFound, (await AssignmentsSystem.FailsAsync(Anybody.GetChallengeAsync(new GetChallengeRequest()))).Code);
    }

    [Fact]
    public async Task Challenge_FiftyAtOnceByEveryWay_LeavesExactlyOne()
    {
        string[] tasks = [await _system.AddTaskAsync(), await _system.AddTaskAsync(), await _system.AddTaskAsync()];
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 3) switch
        {
            0 => _system.Teacher.SetChallengeAsync(new SetChallengeRequest { Uuid = tasks[i % tasks.Length] }).ResponseAsync,
            1 => _system.AddChallengeAsync(),
            _ => _system.Teacher.UpdateTaskAsync(new UpdateTaskRequest { Uuid = tasks[i % tasks.Length], Title = "x", TimeLimit = 1, MemoryLimit = 16, DayChallenge = true }).ResponseAsync,
        }));
        Assert.Equal(1, await _system.WithDbAsync(db => db.Tasks.CountAsync(t => t.DayChallenge)));
    }

    [Fact]
    public async Task SubmitChallenge_AProgram_IsQueued()
    {
        var (task, student) = (await _system.AddChallengeAsync(), _system.AddStudent());
        var submit = await _system.SubmitAsync(student, "#include <iostream>", "abc.cpp");
        Assert.EndsWith(".cpp", submit.Source, StringComparison.Ordinal);
        Assert.Equal((0, 0, task.Uuid, student.ToString(), false), (submit.Status, submit.QueuePlace, submit.TaskId, submit.UserId, submit.Solved));
        Assert.InRange(submit.EstimatedSeconds, 1, 60);
        Assert.Null(submit.TestsResults);
        Assert.False(submit.HasReferedContest);

        var client = _system.Tasks(student);
        Assert.Equal(submit, Assert.Single((await client.ListChallengeSubmitsAsync(new ListChallengeSubmitsRequest())).Submits));
        Assert.Equal(submit, Assert.Single((await client.ListTaskSubmitsAsync(new ListTaskSubmitsRequest { Uuid = task.Uuid })).Submits).Submit);
        Assert.Empty((await _system.Tasks(_system.AddStudent()).ListChallengeSubmitsAsync(new ListChallengeSubmitsRequest())).Submits);
        Assert.Equal("#include <iostream>", (await _system.Submits(student).GetSubmitAsync(new GetSubmitRequest { Uuid = submit.Uuid })).Source);
        Assert.Equal(new SubmitSource { Language = "c++", Source = "#include <iostream>" }, await _system.StaffSubmits.GetSourceAsync(new GetSourceRequest { Uuid = submit.Uuid }));
    }

    [Fact]
    public async Task SubmitChallenge_BadFiles_AreRefusedWithWhatIsWrong()
    {
        await _system.AddChallengeAsync();
        var student = _system.AddStudent();
        (InlineFile? File, StatusCode Code, string Detail)[] cases =
        [
            (null, StatusCode.InvalidArgument, "source: field required"),
            (AssignmentsSystem.Upload(" \n\t"), StatusCode.InvalidArgument, "Empty source code"),
            (AssignmentsSystem.Upload([0xef, 0xbb, 0xbf]), StatusCode.InvalidArgument, "Empty source code"),
            (AssignmentsSystem.Upload([0x70, 0xff, 0xfe]), StatusCode.InvalidArgument, "source: must be UTF-8"),
            (AssignmentsSystem.Upload("a\0b"), StatusCode.InvalidArgument, "source: must be text"),
            (AssignmentsSystem.Upload("print()", "a.txt"), StatusCode.InvalidArgument, "source: must be a .py or .cpp file"),
            (AssignmentsSystem.Upload(new string('x', 65_537)), StatusCode.ResourceExhausted, "A source has at most 65536 bytes"),
        ];
        foreach (var (file, code, detail) in cases)
            Assert.Equal((code, detail), await AssignmentsSystem.FailsAsync(_system.Tasks(student).SubmitChallengeAsync(new SubmitChallengeRequest { File = file })));
        Assert.Equal(0, await _system.WithDbAsync(db => db.Submissions.CountAsync()));
        Assert.Equal(0, await _system.WithDbAsync(db => db.Work.CountAsync()));

        var largest = AssignmentsSystem.Upload([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(new string('x', 65_533))]);
        await _system.Tasks(student).SubmitChallengeAsync(new SubmitChallengeRequest { File = largest });
        Assert.Equal(65_533, (await _system.MustTakeAsync()).Source.Length);
    }

    [Fact]
    public async Task SubmitChallenge_TwentyAtOnce_TakesTen()
    {
        await _system.AddChallengeAsync();
        var student = _system.AddStudent();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                await _system.SubmitAsync(student);
                return "taken";
            }
            catch (RpcException refused)
            {
                return $"{refused.StatusCode}: {refused.Status.Detail}";
            }
        }));
        Assert.Equal(10, outcomes.Count(outcome => outcome == "taken"));
        Assert.Equal(10, outcomes.Count(outcome => outcome == "ResourceExhausted: 10 of your submissions are waiting already"));
        // Whoever judges one makes room, and nobody else is concerned.
        await _system.MustTakeAsync();
        await _system.SubmitAsync(student);
        await _system.SubmitAsync(_system.AddStudent());
    }

    [Fact]
    public async Task Leaderboard_TheSameTaskSetAgain_BeginsAnew()
    {
        var task = (await _system.AddChallengeAsync()).Uuid;
        var (early, late) = (_system.AddStudent(), _system.AddStudent());
        await SolveAsync(early);
        await _system.Teacher.SetChallengeAsync(new SetChallengeRequest { Uuid = task });
        Assert.Equal(early.ToString(), Assert.Single(await SolversAsync()).UserId);

        await _system.AddChallengeAsync();
        await _system.Teacher.SetChallengeAsync(new SetChallengeRequest { Uuid = task });

        Assert.Empty(await SolversAsync());
        Assert.Empty((await _system.Tasks(early).ListChallengeSubmitsAsync(new ListChallengeSubmitsRequest())).Submits);
        Assert.Single((await _system.Tasks(early).ListTaskSubmitsAsync(new ListTaskSubmitsRequest { Uuid = task })).Submits);
        await SolveAsync(late);
        await SolveAsync(early);
        Assert.Equal([late.ToString(), early.ToString()], (await SolversAsync()).Select(solver => solver.UserId));
        Assert.Single((await _system.Tasks(early).ListChallengeSubmitsAsync(new ListChallengeSubmitsRequest())).Submits);
    }

    [Fact]
    public async Task Leaderboard_TeachersAndContests_DoNotCount()
    {
        var task = (await _system.AddChallengeAsync()).Uuid;
        var group = _system.AddGroup();
        var (inContest, student) = (_system.AddStudent(group), _system.AddStudent());
        var contest = await _system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(group, task));
        await _system.Contests(inContest).SubmitContestAsync(ContestTests.Submission(contest.Uuid));
        await _system.JudgeAsync(Verdict.Accepted);
        // More than are looked at where nobody is left out.
        for (var i = 0; i < 25; i++)
        {
            var teacher = _system.AddStudent();
            _system.Users.Change(teacher, person => person.Role = i % 2 == 0 ? Role.Teacher : Role.Admin);
            await SolveAsync(teacher);
        }

        await SolveAsync(student);

        Assert.Equal(student.ToString(), Assert.Single(await SolversAsync()).UserId);
    }

    private async Task SolveAsync(Guid user)
    {
        await _system.SubmitAsync(user);
        await _system.JudgeAsync(Verdict.Accepted);
    }

    private async Task<IReadOnlyList<Solver>> SolversAsync() => (await Anybody.GetChallengeLeaderboardAsync(new GetChallengeLeaderboardRequest())).Solvers;

    [Fact]
    public async Task Leaderboard_SeveralSolutions_ShowsEachSolverOnceByTheFirst()
    {
        await _system.AddChallengeAsync();
        Guid[] students = [.. Enumerable.Range(0, 12).Select(i => _system.AddStudent(lastName: $"Фамилия{i}"))];
        var first = await _system.SubmitAsync(students[0]);
        await _system.JudgeAsync(Verdict.WrongAnswer);
        var solutions = new List<string>();
        foreach (var student in students.Reverse())
        {
            solutions.Add((await _system.SubmitAsync(student)).Uuid);
            await _system.JudgeAsync(Verdict.Accepted);
            await _system.SubmitAsync(student);
            await _system.JudgeAsync(Verdict.Accepted);
        }

        _system.Users.People.TryRemove(students[10], out _);
        await _system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = solutions[3] });
        var solvers = (await Anybody.GetChallengeLeaderboardAsync(new GetChallengeLeaderboardRequest())).Solvers;

        // The rejected one leaves the place to the second solution of the same student, which came at once.
        Assert.Equal(students.Reverse().Where(id => id != students[10]).Take(10).Select(id => id.ToString()), solvers.Select(solver => solver.UserId));
        Assert.Equal(solutions[0], solvers[0].SubmitId);
        Assert.NotEqual(solutions[3], solvers[2].SubmitId);
        Assert.Equal(("Ада", "Фамилия11", "default.png", false), (solvers[0].FirstName, solvers[0].LastName, solvers[0].AvatarPath, solvers[0].HasNickName));
        Assert.DoesNotContain(first.Uuid, solvers.Select(solver => solver.SubmitId));
    }
}

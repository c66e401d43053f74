using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Testing;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

/// <summary>From the repository to the mark. Each test has a queue of its own.</summary>
public sealed class ContestJudgingTests : IAsyncLifetime
{
    private readonly AssignmentsSystem _system = new();
    private string _group = "";
    private string[] _tasks = [];
    private Contest _contest = new();

    public async ValueTask InitializeAsync()
    {
        await _system.InitializeAsync();
        var function = AssignmentsSystem.NewTask();
        function.Tests.Clear();
        function.Tests.Add(new TaskTest { Input = "1", Output = "2" });
        (function.FunctionName, function.TestsTypes) = ("next", new TestsTypes { Input = { "int" }, Output = { "int" } });
        _group = _system.AddGroup();
        _tasks = [await _system.AddTaskAsync(), (await _system.Teacher.CreateTaskAsync(function)).Uuid, await _system.AddTaskAsync("Ещё одна")];
        _contest = await _system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(_group, _tasks));
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task SubmitContest_FunctionsOfOneName_AreFoundByTheirPlaces()
    {
        var request = AssignmentsSystem.NewTask();
        request.Tests.Clear();
        request.Tests.Add(new TaskTest { Input = "\"a\"", Output = "\"b\"" });
        (request.FunctionName, request.TestsTypes) = ("next", new TestsTypes { Input = { "str" }, Output = { "str" } });
        var other = (await _system.Teacher.CreateTaskAsync(request)).Uuid;
        request.FunctionName = "task2";
        var misleading = (await _system.Teacher.CreateTaskAsync(request)).Uuid;
        _contest = await _system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(_group, [misleading, .. _tasks, other]));

        await SubmitAsync(_system.AddStudent(_group));

        Assert.Equal(["task1", "task2", "task3", "task4", "task5"], (await _system.MustTakeAsync()).Tasks.Select(task => task.FileName));
    }

    [Fact]
    public async Task SubmitContest_ARepository_IsOneWorkWithEveryTask()
    {
        var student = _system.AddStudent(_group);
        await SubmitAsync(student);
        var work = await _system.MustTakeAsync();
        Assert.Null(await _system.TakeAsync());
        Assert.Equal(("https://github.com/ada/loops.git", Language.Cpp), (work.Repository, work.Language));
        Assert.Equal(["task1", "next", "task3"], work.Tasks.Select(task => task.FileName));
        Assert.Equal([true, false], work.Tasks[0].Tests.Select(test => test.Demo));
        Assert.Equal(("next", "int", "int"), (work.Tasks[1].FunctionName, work.Tasks[1].InputTypes.Single(), work.Tasks[1].OutputTypes.Single()));

        var results = AssignmentsSystem.Results(work, Verdict.Accepted, Verdict.WrongAnswer, Verdict.Accepted);
        results.CommitId = "0123456789012345678901234567890123456789";
        results.Results[0].Source = "int main() {}";
        results.Results[2].Message = "no such file";
        await _system.Checker.CompleteWorkAsync(results);

        for (var i = 0; i < _tasks.Length; i++)
        {
            var submit = Assert.Single((await _system.Contests(student).ListContestSubmitsAsync(new ListContestSubmitsRequest { Contest = _contest.Uuid, Task = _tasks[i] })).Submits);
            Assert.Equal((2, i != 1, "https://github.com/ada/loops.git", results.CommitId, _contest.Uuid, work.Tasks[i].SubmitId),
                (submit.Status, submit.Solved, submit.Source, submit.GitCommitId, submit.ReferedContest, submit.Uuid));
            Assert.Equal(submit, await _system.Submits(student).GetSubmitAsync(new GetSubmitRequest { Uuid = submit.Uuid }));
        }

        Assert.Equal("int main() {}", (await _system.StaffSubmits.GetSourceAsync(new GetSourceRequest { Uuid = work.Tasks[0].SubmitId })).Source);
        Assert.Equal("", (await _system.StaffSubmits.GetSourceAsync(new GetSourceRequest { Uuid = work.Tasks[1].SubmitId })).Source);
    }

    [Fact]
    public async Task CompleteWork_OfAContest_TellsTheStudentOnce()
    {
        var student = _system.AddStudent(_group);
        await SubmitAsync(student);
        var work = await _system.MustTakeAsync();
        var results = AssignmentsSystem.Results(work, Verdict.Accepted, Verdict.WrongAnswer, Verdict.Accepted);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _system.Checker.CompleteWorkAsync(results).ResponseAsync));
        await _system.SettleAsync();
        Assert.Equal(["4 Контест «Циклы» проверен: решено 2 из 3"], _system.ToldTo(student));

        // Nothing is told of a challenge, or of a contest that is gone.
        await _system.AddChallengeAsync();
        await _system.SubmitAsync(student);
        await _system.JudgeAsync(Verdict.Accepted);
        await SubmitAsync(student);
        await _system.TeacherContests.DeleteContestAsync(new DeleteContestRequest { Uuid = _contest.Uuid });
        await _system.JudgeAsync(Verdict.Accepted);
        await _system.SettleAsync();
        Assert.Single(_system.ToldTo(student));
        Assert.Equal(2, (await _system.Contests(student).ListContestSubmitsAsync(new ListContestSubmitsRequest { Contest = _contest.Uuid, Task = _tasks[0] })).Submits.Count);
    }

    [Fact]
    public async Task CompleteWork_ContestGivenUp_TellsTheStudentToTryAgain()
    {
        var student = _system.AddStudent(_group);
        await SubmitAsync(student);
        for (var i = 0; i < 10; i++)
            await _system.Checker.ReturnWorkAsync(new ReturnWorkRequest { LeaseId = (await _system.MustTakeAsync()).LeaseId });
        await _system.SettleAsync();
        Assert.Equal(["4 Контест «Циклы» не удалось проверить. Отправьте решение ещё раз"], _system.ToldTo(student));
    }

    [Fact]
    public async Task GetSolved_SeveralTries_NamesEachTaskOnce()
    {
        var student = _system.AddStudent(_group);
        await JudgeContestAsync(student, Verdict.Accepted, Verdict.WrongAnswer, Verdict.WrongAnswer);
        await JudgeContestAsync(student, Verdict.WrongAnswer, Verdict.WrongAnswer, Verdict.Accepted);
        await JudgeContestAsync(student, Verdict.Accepted, Verdict.WrongAnswer, Verdict.Accepted);
        await SubmitAsync(student);

        var solved = await _system.Contests(student).GetSolvedAsync(new GetSolvedRequest { Uuid = _contest.Uuid });
        Assert.Equal(new[] { _tasks[0], _tasks[2] }.Order(), solved.Solved.Order());
        Assert.Equal([_tasks[1]], solved.Failed);
        var available = Assert.Single((await _system.Contests(student).ListAvailableAsync(new ListAvailableRequest())).Contests);
        Assert.Equal(200.0 / 3, available.SolvedPercentage, 6);
        Assert.Equal(new GetSolvedResponse(), await _system.Contests(_system.AddStudent(_group)).GetSolvedAsync(new GetSolvedRequest { Uuid = _contest.Uuid }));
    }

    [Fact]
    public async Task GetStatistics_EverybodyOfGroupAndClass_HasAMark()
    {
        var best = _system.AddStudent(_group, firstName: "Борис", lastName: "Яшин");
        var middle = _system.AddStudent(_group, firstName: "Вера", lastName: "Белова");
        var idle = _system.AddStudent(_group, firstName: "Яков", lastName: "Абрамов");
        var alsoIdle = _system.AddStudent(_group, firstName: "Анна", lastName: "Абрамова");
        _system.AddStudent(_group, learningClass: 9);
        _system.AddStudent();
        _system.Users.Change(best, person => person.NickName = "boris");
        await JudgeContestAsync(best, Verdict.Accepted);
        await JudgeContestAsync(middle, Verdict.Accepted, Verdict.WrongAnswer, Verdict.WrongAnswer);
        await JudgeContestAsync(middle, Verdict.Accepted, Verdict.WrongAnswer, Verdict.WrongAnswer);
        await _system.TeacherContests.UpdateContestAsync(new UpdateContestRequest { Uuid = _contest.Uuid, Mark5 = 3, Mark4 = 2, Mark3 = 1 });

        var statistics = await _system.TeacherContests.GetStatisticsAsync(new GetStatisticsRequest { Uuid = _contest.Uuid });
        Assert.Equal(3, statistics.TasksCount);
        Assert.Equal([3, 2, 1], statistics.Grading);
        Assert.Equal(
            [(best, 3, 5, "boris"), (middle, 1, 3, ""), (idle, 0, 2, ""), (alsoIdle, 0, 2, "")],
            statistics.Students.Select(student => (Guid.Parse(student.UserId), student.SolvedCount, student.Mark, student.NickName)));

        // What is rejected, or no task of the contest any more, does not count.
        var submits = (await _system.Contests(best).ListContestSubmitsAsync(new ListContestSubmitsRequest { Contest = _contest.Uuid, Task = _tasks[0] })).Submits;
        await _system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = submits[0].Uuid });
        await _system.TeacherContests.UpdateContestAsync(new UpdateContestRequest { Uuid = _contest.Uuid, Tasks = { _tasks[0], _tasks[1] }, Mark5 = 2, Mark4 = 1, Mark3 = 1 });
        statistics = await _system.TeacherContests.GetStatisticsAsync(new GetStatisticsRequest { Uuid = _contest.Uuid });
        Assert.Equal([(middle, 1, 4), (best, 1, 4)], statistics.Students.Take(2).Select(student => (Guid.Parse(student.UserId), student.SolvedCount, student.Mark)));
    }

    [Fact]
    public async Task GetStatistics_AfterAChangeOfClassAndGroup_KeepsTheMark()
    {
        var (moved, grown, idle) = (_system.AddStudent(_group, lastName: "Абрамов"), _system.AddStudent(_group, lastName: "Белова"), _system.AddStudent(_group, lastName: "Власов"));
        var teacher = _system.AddStudent(_group, lastName: "Громов");
        _system.Users.Change(teacher, person => (person.Role, person.IsStaff) = (Role.Teacher, true));
        await JudgeContestAsync(moved, Verdict.Accepted);
        await JudgeContestAsync(grown, Verdict.Accepted, Verdict.WrongAnswer, Verdict.WrongAnswer);
        await JudgeContestAsync(teacher, Verdict.Accepted);

        _system.Users.AddGroup(moved);
        _system.Users.Change(grown, person => person.LearningClass = 11);
        _system.Users.Change(idle, person => person.LearningClass = 11);

        var statistics = await _system.TeacherContests.GetStatisticsAsync(new GetStatisticsRequest { Uuid = _contest.Uuid });
        Assert.Equal([(moved, 3, 5), (grown, 1, 4)], statistics.Students.Select(student => (Guid.Parse(student.UserId), student.SolvedCount, student.Mark)));
        var own = (await _system.Contests(grown).ListAvailableAsync(new ListAvailableRequest())).Contests;
        Assert.Equal((_contest.Uuid, 100.0 / 3), (Assert.Single(own).Uuid, own[0].SolvedPercentage));
        Assert.Empty((await _system.Contests(idle).ListAvailableAsync(new ListAvailableRequest())).Contests);
        Assert.Equal((Grpc.Core.StatusCode.NotFound, "No such contest"), await AssignmentsSystem.FailsAsync(_system.Contests(grown).SubmitContestAsync(ContestTests.Submission(_contest.Uuid))));
    }

    [Fact]
    public async Task GetStatistics_ManyStudents_AsksInPages()
    {
        for (var i = 0; i < 2001; i++)
            _system.AddStudent(_group);
        var asked = _system.Users.Asked.Count();
        Assert.Equal(2001, (await _system.TeacherContests.GetStatisticsAsync(new GetStatisticsRequest { Uuid = _contest.Uuid })).Students.Count);
        Assert.Equal([1000, 1000, 1], _system.Users.Asked.Skip(asked).Select(users => users.Length));
    }

    [Fact]
    public async Task TakeWork_FiftyLargeTasks_FitsIntoOneMessage()
    {
        var large = AssignmentsSystem.NewTask();
        large.Tests.Add(Enumerable.Repeat(new TaskTest { Input = new string('1', 60_000), Output = "1" }, 17));
        var all = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            large.Title = $"Большая {i}";
            all.Add((await _system.Teacher.CreateTaskAsync(large)).Uuid);
        }

        _contest = await _system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(_group, [.. all]));
        await SubmitAsync(_system.AddStudent(_group));

        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(_system.Host.GrpcAddress, new() { MaxReceiveMessageSize = 64 * 1024 * 1024, MaxSendMessageSize = 16 * 1024 * 1024 });
        var client = new AssignmentsInternal.AssignmentsInternalClient(channel);
        var headers = new Grpc.Core.Metadata { { "authorization", $"Bearer {TestTokens.Service("checker", "assignments")}" } };
        var work = (await client.TakeWorkAsync(new TakeWorkRequest { Checker = "c" }, headers)).Work;
        Assert.Equal(50, work.Tasks.Count);
        var results = AssignmentsSystem.Results(work, Verdict.RuntimeError);
        foreach (var result in results.Results)
        {
            (result.Source, result.Message) = (new string('x', 65_536), new string('я', 4096));
            foreach (var test in result.Tests)
                test.Error = new string('я', 300);
        }

        await client.CompleteWorkAsync(results, headers);
        Assert.Equal(50, await _system.WithDbAsync(db => db.Submissions.CountAsync(s => s.Results != null)));
    }

    private async Task SubmitAsync(Guid student) => await _system.Contests(student).SubmitContestAsync(ContestTests.Submission(_contest.Uuid));

    private async Task JudgeContestAsync(Guid student, params Verdict[] verdicts)
    {
        await SubmitAsync(student);
        await _system.JudgeAsync(verdicts);
    }
}

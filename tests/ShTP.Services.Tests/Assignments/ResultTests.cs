using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Testing;
using Xunit;
using Task = System.Threading.Tasks.Task;
using TestResult = ShTP.Assignments.V1.TestResult;

namespace ShTP.Services.Tests.Assignments;

/// <summary>What becomes of results. Each test has a queue of its own.</summary>
public sealed class ResultTests : IAsyncLifetime
{
    private readonly AssignmentsSystem _system = new();

    public async ValueTask InitializeAsync()
    {
        await _system.InitializeAsync();
        await _system.AddChallengeAsync();
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task CompleteWork_EveryVerdict_IsShownAsTheClientsReadIt()
    {
        var student = _system.AddStudent();
        var submit = await _system.SubmitAsync(student);
        var work = await _system.MustTakeAsync();
        var request = AssignmentsSystem.Results(work, Verdict.Accepted);
        request.Results[0].Tests[1] = new TestResult { Verdict = Verdict.TimeLimit, Duration = 2001, Memory = 900, Error = "too \0 slow" };
        request.Results[0].Message = "warning \0";
        await _system.Checker.CompleteWorkAsync(request);

        var read = await _system.GetAsync(submit.Uuid);
        Assert.Equal((2, false, "warning \uFFFD", false, false), (read.Status, read.Solved, read.Message, read.HasQueuePlace, read.HasEstimatedSeconds));
        Assert.Equal(Result("accepted", 12, 3456, Value.ForNull(), hidden: false), read.TestsResults.Values[0].StructValue);
        var slow = Result("timeLimit", 2001, 900, Value.ForString("too \uFFFD slow"));
        slow.Fields["timeout"] = Value.ForBool(true);
        Assert.Equal(slow, read.TestsResults.Values[1].StructValue);

        // The student sees the same of the visible test; of the hidden one its verdict and what all tests used at most.
        read = await _system.Submits(student).GetSubmitAsync(new GetSubmitRequest { Uuid = submit.Uuid });
        var seen = Result("timeLimit", 4000, 65_536, Value.ForNull());
        seen.Fields["timeout"] = Value.ForBool(true);
        Assert.Equal([Result("accepted", 12, 3456, Value.ForNull(), hidden: false), seen], read.TestsResults.Values.Select(value => value.StructValue));
        Assert.Equal(0, read.UpdatedAt.Nanos);
    }

    [Theory]
    [InlineData(0, 0, 1000, 65_536)]
    [InlineData(1000, 65_536, 1000, 65_536)]
    [InlineData(1001, 65_537, 2000, 131_072)]
    [InlineData(50_001, 4_194_305, 64_000, 8_388_608)]
    public async Task HiddenTest_ForItsStudent_ShowsRoundedMaximaWhereverItIsRead(int duration, int memory, int shownDuration, int shownMemory)
    {
        var student = _system.AddStudent();
        var submit = await _system.SubmitAsync(student);
        var results = AssignmentsSystem.Results(await _system.MustTakeAsync(), Verdict.RuntimeError);
        results.Results[0].Tests[1] = new TestResult { Verdict = Verdict.RuntimeError, Duration = duration, Memory = memory, Error = "chosen" };
        (results.Results[0].Tests[0].Duration, results.Results[0].Tests[0].Memory) = (0, 0);
        await _system.Checker.CompleteWorkAsync(results);

        var seen = Result("runtimeError", shownDuration, shownMemory, Value.ForNull());
        var own = _system.Tasks(student);
        var found = new List<Submit>
        {
            await _system.Submits(student).GetSubmitAsync(new GetSubmitRequest { Uuid = submit.Uuid }),
            Assert.Single((await own.ListChallengeSubmitsAsync(new ListChallengeSubmitsRequest())).Submits),
            Assert.Single((await own.ListTaskSubmitsAsync(new ListTaskSubmitsRequest { Uuid = submit.TaskId })).Submits).Submit,
        };
        Assert.All(found, read => Assert.Equal(seen, read.TestsResults.Values[1].StructValue));
        var export = new StringBuilder();
        await foreach (var piece in _system.AsUsers.ExportUser(new ExportUserRequest { UserId = $"{student}" }).ResponseStream.ReadAllAsync())
            export.Append(piece.Content.ToStringUtf8());
        Assert.DoesNotContain("chosen", $"{export}", StringComparison.Ordinal);
        Assert.Contains($"{shownMemory}", $"{export}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task HiddenErrors_HoweverLong_DoNotDecideWhichOthersAreShown()
    {
        var task = AssignmentsSystem.NewTask(challenge: true);
        task.Tests.Clear();
        task.Tests.Add(Enumerable.Repeat(new TaskTest { Input = "1", Output = "1" }, 8));
        task.Tests.Add(new TaskTest { Input = "1", Output = "1", Demo = true });
        await _system.Teacher.CreateTaskAsync(task);
        var student = _system.AddStudent();
        var submit = await _system.SubmitAsync(student);
        var results = AssignmentsSystem.Results(await _system.MustTakeAsync(), Verdict.RuntimeError);
        foreach (var test in results.Results[0].Tests)
            test.Error = new string('x', 300);
        await _system.Checker.CompleteWorkAsync(results);

        var read = await _system.Submits(student).GetSubmitAsync(new GetSubmitRequest { Uuid = submit.Uuid });
        Assert.Equal(300, read.TestsResults.Values[8].StructValue.Fields["error_info"].StringValue.Length);
    }

    [Fact]
    public async Task CompleteWork_AllAccepted_IsSolved()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        await _system.JudgeAsync(Verdict.Accepted);
        var read = await _system.GetAsync(submit.Uuid);
        Assert.Equal((2, true, 2), (read.Status, read.Solved, read.TestsResults.Values.Count));
    }

    [Fact]
    public async Task CompleteWork_TaskWithoutTests_IsNotSolved()
    {
        var task = AssignmentsSystem.NewTask(challenge: true);
        task.Tests.Clear();
        await _system.Teacher.CreateTaskAsync(task);
        var submit = await _system.SubmitAsync(_system.AddStudent());
        await _system.JudgeAsync(Verdict.Accepted);
        var read = await _system.GetAsync(submit.Uuid);
        Assert.Equal((2, false, 0), (read.Status, read.Solved, read.TestsResults.Values.Count));
    }

    [Fact]
    public async Task CompleteWork_Twice_ChangesNothingMore()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        var work = await _system.MustTakeAsync();
        await _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted));
        var first = await _system.GetAsync(submit.Uuid);
        await _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.WrongAnswer));
        Assert.Equal(first, await _system.GetAsync(submit.Uuid));
    }

    [Fact]
    public async Task CompleteWork_ManyAtOnce_IsWrittenOnce()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        var work = await _system.MustTakeAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted)).ResponseAsync));
        Assert.True((await _system.GetAsync(submit.Uuid)).Solved);
        Assert.Null(await _system.TakeAsync());
    }

    [Fact]
    public async Task CompleteWork_ResultsThatDoNotMatch_AreRefused()
    {
        await _system.SubmitAsync(_system.AddStudent());
        var work = await _system.MustTakeAsync();
        (StatusCode, string) mismatch = (StatusCode.InvalidArgument, "results: must be one for each submission of the work, with one for each test");
        var missing = new CompleteWorkRequest { LeaseId = work.LeaseId };
        var other = AssignmentsSystem.Results(work, Verdict.Accepted);
        other.Results[0].SubmitId = Guid.NewGuid().ToString();
        var fewer = AssignmentsSystem.Results(work, Verdict.Accepted);
        fewer.Results[0].Tests.RemoveAt(0);
        var twice = AssignmentsSystem.Results(work, Verdict.Accepted);
        twice.Results.Add(twice.Results[0].Clone());
        foreach (var request in new[] { missing, other, fewer, twice })
            Assert.Equal(mismatch, await AssignmentsSystem.FailsAsync(_system.Checker.CompleteWorkAsync(request)));

        var bad = AssignmentsSystem.Results(work, (Verdict)77);
        (bad.Results[0].Message, bad.Results[0].Source, bad.LeaseId) = (new string('x', 4097), new string('x', 65_537), "x");
        Assert.Equal(
            (StatusCode.InvalidArgument, "leaseId: value is not a valid uuid; results.message: must have at most 4096 characters; results.source: must have at most 65536 bytes; "
                + "results.tests: must have known verdicts, no negative numbers and errors of at most 300 characters"),
            await AssignmentsSystem.FailsAsync(_system.Checker.CompleteWorkAsync(bad)));
        await _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted));
    }

    [Fact]
    public async Task CompleteWork_TaskChangedMeanwhile_CountsTheTestsThatWereTaken()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        var work = await _system.MustTakeAsync();
        await _system.Teacher.UpdateTaskAsync(new UpdateTaskRequest { Uuid = submit.TaskId, Title = "x", TimeLimit = 1, MemoryLimit = 16 });
        await _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted));
        Assert.True((await _system.GetAsync(submit.Uuid)).Solved);
    }

    [Fact]
    public async Task CompleteWork_UnknownLease_IsRefused() =>
        Assert.Equal(
            (StatusCode.FailedPrecondition, "The lease is lost"),
            await AssignmentsSystem.FailsAsync(_system.Checker.CompleteWorkAsync(new CompleteWorkRequest { LeaseId = Guid.NewGuid().ToString() })));

    [Fact]
    public async Task RejectSubmit_WhileItsWorkIsBeingTaken_StaysRejected()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        Task<Work?> taking;
        await using (var holder = await _system.OpenConnectionAsync())
        {
            // Taking reads the submission, then its task, which is not to be read yet.
            await using var transaction = await holder.BeginTransactionAsync();
            await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE", holder))
                await hold.ExecuteNonQueryAsync();
            taking = _system.TakeAsync();
            await using var waiting = new Npgsql.NpgsqlCommand(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'tasks'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", holder);
            await Eventually.HoldsAsync(async () => (long)(await waiting.ExecuteScalarAsync())! > 0, "the work is being taken");
            await _system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = submit.Uuid });
        }

        var work = await taking;
        Assert.Equal(3, (await _system.GetAsync(submit.Uuid)).Status);
        await _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work!, Verdict.Accepted));
        Assert.Equal((3, false), ((await _system.GetAsync(submit.Uuid)).Status, (await _system.GetAsync(submit.Uuid)).Solved));
    }

    [Fact]
    public async Task RejectSubmit_BeforeAndAfterJudging_NeverCountsAsSolved()
    {
        var (early, late) = (await _system.SubmitAsync(_system.AddStudent()), await _system.SubmitAsync(_system.AddStudent()));
        await _system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = early.Uuid });
        await _system.JudgeAsync(Verdict.Accepted);
        await _system.JudgeAsync(Verdict.Accepted);
        for (var i = 0; i < 2; i++)
            await _system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = late.Uuid });
        foreach (var submit in new[] { early, late })
        {
            var read = await _system.GetAsync(submit.Uuid);
            Assert.Equal((3, false, 2), (read.Status, read.Solved, read.TestsResults.Values.Count));
        }

        Assert.Empty((await _system.Teacher.GetChallengeLeaderboardAsync(new GetChallengeLeaderboardRequest())).Solvers);
    }

    [Fact]
    public async Task Submissions_UnknownOrForeign_AreNotFound()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        var unknown = Guid.NewGuid().ToString();
        (StatusCode, string) notYours = (StatusCode.NotFound, "No such submit or it is not your submit");
        Assert.Equal(notYours, await AssignmentsSystem.FailsAsync(_system.Submits(_system.AddStudent()).GetSubmitAsync(new GetSubmitRequest { Uuid = submit.Uuid })));
        Assert.Equal(notYours, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.GetSubmitAsync(new GetSubmitRequest { Uuid = unknown })));
        (StatusCode, string) none = (StatusCode.NotFound, "No such submit");
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.GetSourceAsync(new GetSourceRequest { Uuid = unknown })));
        Assert.Equal(none, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = unknown })));
        (StatusCode, string) invalid = (StatusCode.InvalidArgument, "uuid: value is not a valid uuid");
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.GetSubmitAsync(new GetSubmitRequest { Uuid = "x" })));
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.GetSourceAsync(new GetSourceRequest { Uuid = "x" })));
        Assert.Equal(invalid, await AssignmentsSystem.FailsAsync(_system.StaffSubmits.RejectSubmitAsync(new RejectSubmitRequest { Uuid = "x" })));
    }

    [Fact]
    public async Task ReturnWork_OfACheckerThatStops_GoesBackToItsPlace()
    {
        var (first, second) = (await _system.SubmitAsync(_system.AddStudent()), await _system.SubmitAsync(_system.AddStudent()));
        var work = await _system.MustTakeAsync();
        for (var i = 0; i < 2; i++)
            await _system.Checker.ReturnWorkAsync(new ReturnWorkRequest { LeaseId = work.LeaseId });
        Assert.Equal((0, 0), ((await _system.GetAsync(first.Uuid)).Status, (await _system.GetAsync(first.Uuid)).QueuePlace));
        Assert.Equal("The lease is lost", (await AssignmentsSystem.FailsAsync(_system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted)))).Detail);
        Assert.Equal([first.Uuid, second.Uuid], [(await _system.MustTakeAsync()).Tasks[0].SubmitId, (await _system.MustTakeAsync()).Tasks[0].SubmitId]);
    }

    [Fact]
    public async Task ReturnWork_AgainAndAgain_EndsWithoutAVerdict()
    {
        var submit = await _system.SubmitAsync(_system.AddStudent());
        for (var i = 0; i < 10; i++)
            await _system.Checker.ReturnWorkAsync(new ReturnWorkRequest { LeaseId = (await _system.MustTakeAsync()).LeaseId });
        var read = await _system.GetAsync(submit.Uuid);
        Assert.Equal((2, false, "Решение не удалось проверить"), (read.Status, read.Solved, read.Message));
        Assert.All(read.TestsResults.Values, value => Assert.Equal("notRun", value.StructValue.Fields["verdict"].StringValue));
        Assert.Null(await _system.TakeAsync());
    }

    private static Struct Result(string verdict, int duration, int memory, Value error, bool hidden = true) => new()
    {
        Fields =
        {
            ["status"] = Value.ForBool(verdict == "accepted"),
            ["duration"] = Value.ForNumber(duration),
            ["timeout"] = Value.ForBool(false),
            ["memoryout"] = Value.ForBool(false),
            ["error_info"] = error,
            ["verdict"] = Value.ForString(verdict),
            ["memory"] = Value.ForNumber(memory),
            ["hidden"] = Value.ForBool(hidden),
        },
    };
}

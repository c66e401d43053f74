using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

/// <summary>Who is judged when, and by whom. Each test has a queue of its own.</summary>
public sealed class QueueTests : IAsyncLifetime
{
    private readonly AssignmentsSystem _system = new();

    public async ValueTask InitializeAsync()
    {
        await _system.InitializeAsync();
        await _system.AddChallengeAsync();
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task TakeWork_OneStudentHasTenAndAnotherOne_TheOtherIsSecond()
    {
        var (many, one) = (_system.AddStudent(), _system.AddStudent());
        var all = new List<string>();
        for (var i = 0; i < 10; i++)
            all.Add((await _system.SubmitAsync(many)).Uuid);
        var single = (await _system.SubmitAsync(one)).Uuid;

        var submit = await _system.GetAsync(single);
        Assert.Equal(1, submit.QueuePlace);
        Assert.Equal(10, (await _system.GetAsync(all[^1])).QueuePlace);
        Assert.Equal([all[0], single, .. all.Skip(1)], await TakeAllAsync());
    }

    [Fact]
    public async Task TakeWork_NewcomerWhileManyTurnsWereServed_IsInTheTurnOfNow()
    {
        var (many, newcomer) = (_system.AddStudent(), _system.AddStudent());
        var all = new List<string>();
        for (var i = 0; i < 10; i++)
            all.Add((await _system.SubmitAsync(many)).Uuid);
        for (var i = 0; i < 5; i++)
            await _system.JudgeAsync(Verdict.Accepted);
        string[] own = [(await _system.SubmitAsync(newcomer)).Uuid, (await _system.SubmitAsync(newcomer)).Uuid];
        Assert.Equal([all[5], own[0], all[6], own[1], .. all.Skip(7)], await TakeAllAsync());
    }

    [Fact]
    public async Task TakeWork_SeveralStudents_TakeTurns()
    {
        Guid[] students = [.. Enumerable.Range(0, 4).Select(_ => _system.AddStudent())];
        foreach (var student in students)
        {
            for (var i = 0; i < 3; i++)
                await _system.SubmitAsync(student);
        }

        var owners = await OwnersAsync(await TakeAllAsync());
        Assert.Equal([.. students, .. students, .. students], owners);
    }

    [Fact]
    public async Task TakeWork_EightCheckersAtOnce_NeverTakeTheSame()
    {
        const int Count = 1000;
        var task = Guid.Parse((await _system.Teacher.GetChallengeAsync(new GetChallengeRequest())).Uuid);
        await _system.WithDbAsync(db => FillAsync(db, task, Count));
        var second = await _system.StartReplicaAsync();
        var taken = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var client = (i % 2 == 0 ? _system.Host : second).AsService<AssignmentsInternal.AssignmentsInternalClient>("checker");
            while ((await client.TakeWorkAsync(new TakeWorkRequest { Checker = $"checker-{i}" })).Work is { } work)
            {
                taken.Add(work.Tasks[0].SubmitId);
                await client.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted));
            }
        }));
        Assert.Equal(Count, taken.Count);
        Assert.Equal(Count, taken.Distinct().Count());
        Assert.Equal(Count, await _system.WithDbAsync(db => db.Submissions.CountAsync(s => s.Solved)));
    }

    [Fact]
    public async Task TakeWork_WhileNothingIsThere_WaitsUntilSomethingComes()
    {
        var second = await _system.StartReplicaAsync();
        using var waiting = second.AsService<AssignmentsInternal.AssignmentsInternalClient>("checker").TakeWorkAsync(new TakeWorkRequest { Checker = "c", WaitSeconds = 20 });
        // Behind the first look of who waits: this one is answered after it.
        Assert.Null(await _system.TakeAsync());
        var submit = await _system.SubmitAsync(_system.AddStudent());
        Assert.Equal(submit.Uuid, (await waiting).Work.Tasks[0].SubmitId);
        Assert.Null(await _system.TakeAsync(waitSeconds: 1));
    }

    [Fact]
    public async Task TakeWork_AProgram_HasEverythingToJudgeIt()
    {
        await _system.SubmitAsync(_system.AddStudent(), "print(1)");
        var work = await _system.MustTakeAsync();
        var task = Assert.Single(work.Tasks);
        Assert.Equal((Language.Python, "print(1)", 2, 64, false), (work.Language, work.Source, task.TimeLimit, task.MemoryLimit, task.HasFunctionName));
        Assert.Equal([("1 2", "3"), ("2 2", "4")], task.Tests.Select(test => (test.Input, test.Output)));
        var submit = await _system.GetAsync(task.SubmitId);
        Assert.Equal((1, false, true), (submit.Status, submit.HasQueuePlace, submit.HasEstimatedSeconds));
    }

    [Fact]
    public async Task TakeWork_WrongFields_AreNamed()
    {
        Assert.Equal(
            (StatusCode.InvalidArgument, "checker: field required; waitSeconds: must be between 0 and 20"),
            await AssignmentsSystem.FailsAsync(_system.Checker.TakeWorkAsync(new TakeWorkRequest { WaitSeconds = 21 })));
        var heartbeat = new HeartbeatRequest { LeaseIds = { Enumerable.Repeat(Guid.NewGuid().ToString(), 101) } };
        Assert.Equal((StatusCode.InvalidArgument, "leaseIds: must be between 0 and 100"), await AssignmentsSystem.FailsAsync(_system.Checker.HeartbeatAsync(heartbeat)));
        Assert.Equal((StatusCode.InvalidArgument, "leaseId: value is not a valid uuid"), await AssignmentsSystem.FailsAsync(_system.Checker.ReturnWorkAsync(new ReturnWorkRequest { LeaseId = "x" })));
    }

    private async Task<List<string>> TakeAllAsync()
    {
        var order = new List<string>();
        while (await _system.TakeAsync() is { } work)
            order.Add(work.Tasks[0].SubmitId);
        return order;
    }

    private async Task<Guid[]> OwnersAsync(List<string> submits)
    {
        var owners = await _system.WithDbAsync(db => db.Submissions.ToDictionaryAsync(s => s.Id.ToString(), s => s.UserId));
        return [.. submits.Select(submit => owners[submit])];
    }

    private static Task<int> FillAsync(ShTP.Assignments.AssignmentsDb db, Guid task, int count) => db.Database.ExecuteSqlAsync(
        $$"""
        WITH queued AS (
            INSERT INTO work (id, user_id, language, priority, turn, state, test_counts, losses, returns, queued_at)
            SELECT gen_random_uuid(), gen_random_uuid(), 0, 0, 1, 0, '{}', 0, 0, now() FROM generate_series(1, {{count}})
            RETURNING id, user_id)
        INSERT INTO submissions (id, user_id, task_id, place, language, file_name, source, status, solved, accepted, work_id, created_at, updated_at)
        SELECT gen_random_uuid(), user_id, {{task}}, 0, 0, 'a.py', 'x', 0, false, 0, id, now(), now() FROM queued
        """);
}

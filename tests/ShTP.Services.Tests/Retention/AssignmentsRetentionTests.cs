using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Assignments;
using ShTP.Assignments.V1;
using ShTP.Data.Retention;
using ShTP.Services.Tests.Assignments;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Retention;

/// <summary>Each test has a queue of its own.</summary>
public sealed class AssignmentsRetentionTests : IAsyncLifetime
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
    public async Task Run_OutputsOfAYearAgo_AreRemoved_AndVerdictsStay()
    {
        var (old, young) = (await JudgedAsync("print('old')"), await JudgedAsync("print('young')"));
        var before = await _system.GetAsync(old);
        Assert.Equal(["ValueError", "ValueError"], Errors(before));
        Assert.Equal("from the compiler", before.Message);
        await AgeAsync("submissions", "updated_at", old, days: 366);

        await RunAsync();

        var after = await _system.GetAsync(old);
        Assert.Equal([null, null], Errors(after));
        Assert.False(after.HasMessage);
        Assert.Equal("print('old')", after.Source);
        foreach (var field in new[] { "verdict", "duration", "memory", "hidden", "status" })
            Assert.Equal(Values(before, field), Values(after, field));
        Assert.Equal(["ValueError", "ValueError"], Errors(await _system.GetAsync(young)));
        Assert.Equal(0, await _system.WithDbAsync(db => db.Submissions.CountAsync(s => s.OutputsKept && s.Id == Guid.Parse(old))));
    }

    [Fact]
    public async Task Run_WorkThatWasJudgedLongAgo_IsForgotten_AndItsSubmissionStays()
    {
        var (old, young) = (await JudgedAsync("print('old')"), await JudgedAsync("print('young')"));
        var waiting = (await _system.SubmitAsync(_system.AddStudent())).Uuid;
        await _system.WithDbAsync(db => db.Database.ExecuteSqlAsync(
            $"UPDATE work SET finished_at = finished_at - interval '31 days', queued_at = queued_at - interval '31 days' FROM submissions s WHERE s.work_id = work.id AND s.id = {Guid.Parse(old)}"));
        var before = await _system.GetAsync(old);

        await RunAsync();

        Assert.Equal(2, await _system.WithDbAsync(db => db.Work.CountAsync()));
        Assert.Equal(before, await _system.GetAsync(old));
        Assert.Equal((2, 0), ((await _system.GetAsync(young)).Status, (await _system.GetAsync(waiting)).Status));
    }

    [Fact]
    public async Task Run_RejudgeThatWasClosedAYearAgo_IsDeleted_AndAnOpenOneStays()
    {
        await JudgedAsync("print(1)");
        var closed = await _system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest { TaskId = _task });
        await _system.JudgeAsync(Verdict.Accepted);
        await _system.StaffSubmits.ApplyRejudgeAsync(new ApplyRejudgeRequest { Uuid = closed.Uuid });
        await AgeAsync("rejudges", "applied_at", closed.Uuid, days: 366);
        var open = await _system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest { TaskId = _task });
        await AgeAsync("rejudges", "created_at", open.Uuid, days: 366);

        await RunAsync();

        Assert.Equal(StatusCode.NotFound, (await AssignmentsSystem.FailsAsync(_system.StaffSubmits.GetRejudgeAsync(new GetRejudgeRequest { Uuid = closed.Uuid }))).Code);
        Assert.Equal(1, (await _system.StaffSubmits.GetRejudgeAsync(new GetRejudgeRequest { Uuid = open.Uuid })).Total);
        Assert.Equal(1, await _system.WithDbAsync(db => db.RejudgeItems.CountAsync()));
    }

    private async Task<string> JudgedAsync(string source)
    {
        var submit = await _system.SubmitAsync(_system.AddStudent(), source);
        var results = AssignmentsSystem.Results(await _system.MustTakeAsync(), Verdict.RuntimeError);
        foreach (var test in results.Results.Single().Tests)
            test.Error = "ValueError";
        results.Results.Single().Message = "from the compiler";
        await _system.Checker.CompleteWorkAsync(results);
        return submit.Uuid;
    }

    private async Task AgeAsync(string table, string column, string id, int days)
    {
        await using var connection = await _system.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE {table} SET {column} = {column} - interval '{days} days' WHERE id = '{Guid.Parse(id)}'";
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    private Task RunAsync() => _system.Host.Services.GetRequiredService<RetentionJob<AssignmentsDb>>().RunAsync(TestContext.Current.CancellationToken);

    private static IEnumerable<string?> Errors(Submit submit) =>
        submit.TestsResults.Values.Select(value => value.StructValue.Fields["error_info"] is { HasStringValue: true } error ? error.StringValue : null);

    private static IEnumerable<string> Values(Submit submit, string field) => submit.TestsResults.Values.Select(value => value.StructValue.Fields[field].ToString());
}

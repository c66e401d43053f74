using System.Text.Json;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

/// <summary>What Users tells and asks.</summary>
public sealed class InternalTests : IAsyncLifetime
{
    private readonly AssignmentsSystem _system = new();

    public async ValueTask InitializeAsync()
    {
        await _system.InitializeAsync();
        await _system.AddChallengeAsync();
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task DeleteUser_WithSubmissionsInEveryState_RemovesThemAndNothingElse()
    {
        var (student, other) = (_system.AddStudent(), _system.AddStudent());
        var judged = await _system.SubmitAsync(student);
        await _system.JudgeAsync(Verdict.Accepted);
        await _system.StaffSubmits.StartRejudgeAsync(new StartRejudgeRequest { SubmitId = judged.Uuid });
        await _system.SubmitAsync(student);
        var taken = await _system.MustTakeAsync();
        await _system.SubmitAsync(student);
        var kept = await _system.SubmitAsync(other);

        var message = Guid.NewGuid();
        for (var i = 0; i < 2; i++)
            await _system.AsUsers.DeleteUserAsync(new DeleteUserRequest { UserId = student.ToString() }, AssignmentsSystem.MessageId(message));

        Assert.Equal([other], await _system.WithDbAsync(db => db.Submissions.Select(s => s.UserId).ToListAsync()));
        Assert.Equal("The lease is lost", (await AssignmentsSystem.FailsAsync(_system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(taken, Verdict.Accepted)))).Detail);
        Assert.Equal(kept.Uuid, (await _system.MustTakeAsync()).Tasks[0].SubmitId);
        Assert.Null(await _system.TakeAsync());
    }

    [Fact]
    public async Task DeleteUser_WhileCheckersJudge_LeavesNothing()
    {
        Guid[] students = [.. Enumerable.Range(0, 10).Select(_ => _system.AddStudent())];
        foreach (var student in students)
        {
            for (var i = 0; i < 5; i++)
                await _system.SubmitAsync(student);
        }

        async Task JudgeAllAsync()
        {
            while (await _system.TakeAsync() is { } work)
            {
                try
                {
                    await _system.Checker.CompleteWorkAsync(AssignmentsSystem.Results(work, Verdict.Accepted));
                }
                catch (RpcException lost) when (lost.StatusCode == StatusCode.FailedPrecondition)
                {
                    // The student is gone.
                }
            }
        }

        await Task.WhenAll(
            [JudgeAllAsync(), JudgeAllAsync(), .. students.Select(student => _system.AsUsers.DeleteUserAsync(new DeleteUserRequest { UserId = student.ToString() }, AssignmentsSystem.MessageId()).ResponseAsync)]);
        Assert.Equal(0, await _system.WithDbAsync(db => db.Submissions.CountAsync()));
        Assert.Equal(0, await _system.WithDbAsync(db => db.Work.CountAsync()));
    }

    [Fact]
    public async Task DeleteUser_NoUuid_IsInvalid() =>
        Assert.Equal(
            (StatusCode.InvalidArgument, "userId: value is not a valid uuid"),
            await AssignmentsSystem.FailsAsync(_system.AsUsers.DeleteUserAsync(new DeleteUserRequest { UserId = "x" }, AssignmentsSystem.MessageId())));

    [Fact]
    public async Task ExportUser_WithSubmissions_HoldsTheirSources()
    {
        var student = _system.AddStudent();
        var submit = await _system.SubmitAsync(student, "print('привет')");
        await _system.SubmitAsync(_system.AddStudent());
        var rows = await ExportAsync(student);
        var row = Assert.Single(rows);
        Assert.Equal((submit.Uuid, "print('привет')"), (row.GetProperty("id").GetString(), row.GetProperty("source").GetString()));
        Assert.Empty(await ExportAsync(Guid.NewGuid()));
    }

    private async Task<List<JsonElement>> ExportAsync(Guid user)
    {
        using var document = new MemoryStream();
        using var call = _system.AsUsers.ExportUser(new ExportUserRequest { UserId = user.ToString() });
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal("submissions.json", piece.Path);
            document.Write(piece.Content.Span);
        }

        return [.. JsonDocument.Parse(document.ToArray()).RootElement.EnumerateArray()];
    }
}

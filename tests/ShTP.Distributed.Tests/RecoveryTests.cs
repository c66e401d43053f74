using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>
/// Processes are killed in the middle of work. What was answered with 200 must be there afterwards, once; what was
/// not may be there or not, but never half.
/// </summary>
[Collection(ShakenSystem.Name)]
public sealed class RecoveryTests(RunningSystem system)
{
    private const int Writers = 4;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("users")]
    [InlineData("auth")]
    [InlineData("files")]
    [InlineData("gateway")]
    [InlineData("postgres")]
    public async Task Kill_InTheMiddleOfWork_LosesAndDoublesNothing(string victim)
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var lastName = $"Kill{Guid.NewGuid():N}"[..20];
        var acknowledged = new ConcurrentBag<string>();
        var attempted = new ConcurrentBag<string>();
        var stop = new CancellationTokenSource();
        var firstWrites = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        async Task WriteAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                var email = School.UniqueEmail();
                attempted.Add(email);
                try
                {
                    if ((await admin.TryCreateUserAsync(group, email, lastName: lastName)).Status == HttpStatusCode.OK)
                        acknowledged.Add(email);
                }
                catch (HttpRequestException)
                {
                    // The gateway itself is the victim: no answer, nothing promised.
                }

                if (acknowledged.Count >= Writers)
                    firstWrites.TrySetResult();
            }
        }

        var writers = Enumerable.Range(0, Writers).Select(_ => Task.Run(WriteAsync)).ToArray();
        await firstWrites.Task.WaitAsync(RunningSystem.StepLimit);
        await system.KillAsync(victim);
        var before = acknowledged.Count;
        await system.ReviveAsync(victim);
        await Eventually.HoldsAsync(() => Task.FromResult(acknowledged.Count > before), "writes succeed again", Settle);
        await stop.CancelAsync();
        await Task.WhenAll(writers).WaitAsync(Settle);

        foreach (var email in acknowledged)
            await Eventually.HoldsAsync(async () => (await system.Anonymous().TryLoginAsync(email, School.Password)).Status == HttpStatusCode.OK,
                $"{email}, whose creation was acknowledged before or after killing {victim}, can sign in", Settle);
        var rows = (JsonArray)(await admin.GetAsync($"/api/v1/users/search?query={lastName}")).Ok().Json!;
        Assert.InRange(rows.Count, Math.Min(acknowledged.Count, 100), attempted.Count);
        Assert.Equal(rows.Count, rows.Select(row => (string)row!["uuid"]!).Distinct().Count());
    }

    [Fact]
    public async Task Service_Down_Answers503AndTheRestWorks()
    {
        var admin = await system.AdminAsync();
        await system.KillAsync("files");
        try
        {
            var down = await admin.GetAsync("/api/v1/files/usage");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, down.Status);
            Assert.NotNull(down.Headers.RetryAfter);
            Assert.NotEmpty(down.Detail);
            (await admin.GetAsync("/api/v1/auth/me")).Ok();
            (await system.Anonymous().GetAsync("/api/v1/users/leaderboard")).Ok();
        }
        finally
        {
            await system.ReviveAsync("files");
        }

        await Eventually.HoldsAsync(async () => (await admin.GetAsync("/api/v1/files/usage")).Status == HttpStatusCode.OK, "files answers again", Settle);
    }
}

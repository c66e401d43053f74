namespace ShTP.Hosting.Tests;

public sealed class WaitTests
{
    [Fact]
    public async Task WaitFor_UntilHealthyAndReadyHandled_DoesNotStart()
    {
        await using var builder = TestModels.Model();
        var released = new TaskCompletionSource();
        var first = builder.AddHealthySample("first").WithArgs("unhealthy").OnResourceReady((_, _, _) => released.Task);
        builder.AddHealthySample("second").WaitFor(first);
        await using var app = await builder.BuildAsync(TestModels.Cancellation);
        var start = app.StartAsync(TestModels.Cancellation);
        var states = app.ResourceNotifications;
        await states.WaitForResourceAsync("second", KnownResourceStates.Waiting, TestModels.Cancellation);
        var running = await states.WaitForResourceAsync("first", e => e.Snapshot.HealthStatus is not null, TestModels.Cancellation);
        Assert.Equal(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy, running.Snapshot.HealthStatus);
        Assert.False(start.IsCompleted, "Starting ends when everything is launched, waits included.");

        await RecoverAsync(new Uri(first.GetEndpoint("http").Url));
        await states.WaitForResourceAsync("first", e => e.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, TestModels.Cancellation);
        Assert.True(states.TryGetCurrentState("second", out var waiting));
        Assert.Equal(KnownResourceStates.Waiting, waiting.Snapshot.State?.Text);

        released.SetResult();
        await start;
        var second = await app.HealthyAsync("second");
        var ready = await app.HealthyAsync("first");
        Assert.True(second.Snapshot.StartTimeStamp > ready.Snapshot.StartTimeStamp);
    }

    [Fact]
    public async Task WaitFor_ResourceThatEnds_FailsToStartAndSaysWhy()
    {
        await using var builder = TestModels.Model();
        var first = builder.AddHealthySample("first").WithArgs("exit", "3");
        builder.AddSample("second").WaitFor(first);
        await using var app = await builder.StartAsync();

        await app.ResourceNotifications.WaitForResourceAsync("second", KnownResourceStates.FailedToStart, TestModels.Cancellation);

        Assert.Contains("'second' cannot start: 'first', which it waits for, is Finished.", await app.LogAsync("second"));
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.HealthyAsync("first"));
        Assert.Contains("exit code 3", error.Message);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("7", true)]
    public async Task WaitForCompletion_ExitCode_DecidesWhetherTheOtherStarts(string exitCode, bool fails)
    {
        await using var builder = TestModels.Model();
        var job = builder.AddSample("job").WithArgs("exit", exitCode);
        builder.AddHealthySample("web").WaitForCompletion(job);
        await using var app = await builder.StartAsync();

        var state = await app.ResourceNotifications.WaitForResourceAsync("web",
            [KnownResourceStates.Running, KnownResourceStates.FailedToStart], TestModels.Cancellation);

        Assert.Equal(fails ? KnownResourceStates.FailedToStart : KnownResourceStates.Running, state);
    }

    [Fact]
    public async Task WaitFor_ItselfOrInACircle_IsRefused()
    {
        await using var builder = TestModels.Model();
        var one = builder.AddSample("one");
        var two = builder.AddSample("two").WaitFor(one);
        Assert.Throws<DistributedApplicationException>(() => one.WaitFor(one));
        one.WaitFor(two);
        await using var app = await builder.BuildAsync(TestModels.Cancellation);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync(TestModels.Cancellation));

        Assert.Contains("one -> two -> one", error.Message);
    }

    [Fact]
    public async Task WaitForResourceHealthy_OfUnknownResource_Throws()
    {
        await using var builder = TestModels.Model();
        await using var app = await builder.StartAsync();

        await Assert.ThrowsAsync<DistributedApplicationException>(() => app.HealthyAsync("nobody"));
    }

    [Fact]
    public async Task WaitForResourceHealthy_Cancelled_TellsTheStates()
    {
        await using var builder = TestModels.Model();
        builder.AddHealthySample("web").WithArgs("unhealthy");
        await using var app = await builder.StartAsync();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("web", soon.Token));

        Assert.Matches("web-[a-z]{8}: Running/Unhealthy", error.Message);
    }

    private static Task RecoverAsync(Uri address) => TestModels.EventuallyAsync(async () =>
    {
        using var client = new HttpClient { BaseAddress = address };
        try
        {
            return (await client.PostAsync("/recover", null, TestModels.Cancellation)).IsSuccessStatusCode ? null : "refused";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    });
}

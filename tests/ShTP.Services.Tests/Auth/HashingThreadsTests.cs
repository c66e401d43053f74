using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ShTP.Auth.Passwords;
using Xunit;

namespace ShTP.Services.Tests.Auth;

/// <summary>One thread, held up until everything waits; what is asserted of the order is then certain.</summary>
public sealed class HashingThreadsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ManualResetEventSlim _hold = new();
    private readonly List<string> _order = [];
    private HashingThreads? _threads;

    [Fact]
    public async Task Run_WhatWaits_RunsByLanesAndInALaneInTurn()
    {
        Hold();
        Task[] all =
        [
            RunAsync(HashingLane.Line, "stranger 1"), RunAsync(HashingLane.Account, "pupil 1"), RunAsync(HashingLane.Line, "stranger 2"),
            RunAsync(HashingLane.Known, "device"), RunAsync(HashingLane.Account, "pupil 2"),
        ];
        _hold.Set();
        await Task.WhenAll(all);

        Assert.Equal(["device", "pupil 1", "pupil 2", "stranger 1", "stranger 2"], _order);
    }

    /// <summary>Nobody sees by the time that a wrong password was checked before those of accounts that do not exist.</summary>
    [Fact]
    public async Task Run_WrongInAnEarlierLane_IsAnsweredInTheOrderOfTheLine()
    {
        Hold();
        using var begun = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        var stranger = RunAsync(HashingLane.Account, "stranger", () => false, inLine: () =>
        {
            begun.Release();
            goOn.Wait();
        });
        var (wrong, right) = (RunAsync(HashingLane.Known, "wrong", () => false), RunAsync(HashingLane.Account, "right"));
        _hold.Set();

        Assert.True(await right);
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["wrong", "stranger", "right"], _order);
        Assert.False(wrong.IsCompleted);
        goOn.Set();
        Assert.False(await stranger);
        Assert.False(await wrong);
    }

    [Fact]
    public async Task Run_WhenTheLineIsFull_GivesTheFirstPlaceUp()
    {
        Hold(length: 2);
        var (wrong, right) = (RunAsync(HashingLane.Account, "wrong", () => false), RunAsync(HashingLane.Account, "right"));
        var (first, second, third) = (RunAsync(HashingLane.Line, "1"), RunAsync(HashingLane.Line, "2"), RunAsync(HashingLane.Line, "3"));

        await RefusedAsync(first);
        _hold.Set();
        await RefusedAsync(wrong);
        Assert.True(await right);
        await Task.WhenAll(second, third);
        Assert.Equal(["wrong", "right", "2", "3"], _order);
    }

    [Fact]
    public async Task Run_WithoutAThreadInTime_IsRefusedAndNeverRun()
    {
        Hold();
        var late = new[] { HashingLane.Known, HashingLane.Account, HashingLane.Line }.Select(lane => RunAsync(lane, "late")).ToList();
        _time.Advance(new HashingOptions().QueueLimit);

        foreach (var call in late)
            await RefusedAsync(call);
        _hold.Set();
        await RunAsync(HashingLane.Line, "last");
        Assert.Equal(["last"], _order);
    }

    public void Dispose()
    {
        _hold.Set();
        _threads?.Dispose();
        _hold.Dispose();
    }

    private void Hold(int length = 100)
    {
        _threads = new HashingThreads(Options.Create(new HashingOptions { Threads = 1, QueueLength = length }), _time);
        using var begun = new ManualResetEventSlim();
        _ = _threads.RunAsync(HashingLane.Known, () =>
        {
            begun.Set();
            _hold.Wait();
            return true;
        }, null, CancellationToken.None);
        begun.Wait(TestContext.Current.CancellationToken);
    }

    private Task<bool> RunAsync(HashingLane lane, string name, Func<bool>? work = null, Action? inLine = null) => _threads!.RunAsync(lane, () =>
    {
        _order.Add(name);
        return work?.Invoke() ?? true;
    }, inLine, TestContext.Current.CancellationToken);

    private static async Task RefusedAsync(Task call)
    {
        var refused = await Failing.WithAsync(StatusCode.ResourceExhausted, () => call);
        Assert.Equal(new HashingOptions().QueueLimit, refused.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
    }
}

using Google.Rpc;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Auth.Passwords;
using ShTP.Auth.V1;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class ThrottlingTests
{
    [Fact]
    public async Task Login_FailuresOnTwoReplicas_AreCountedTogetherAndForgottenInTime()
    {
        await using var system = await AuthSystem.StartAsync(replicas: 1);
        var other = await system.AddReplicaAsync();
        var (_, email) = await system.CreateUserAsync();
        for (var i = 0; i < 5; i++)
            await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, "wrong password", host: i % 2 == 0 ? system.Host : other));

        foreach (var host in new[] { system.Host, other })
        {
            var blocked = await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync(email, host: host));
            Assert.InRange(blocked.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        }

        system.Time.Advance(TimeSpan.FromSeconds(3));
        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, "wrong password", host: other));
        system.Time.Advance(TimeSpan.FromSeconds(3));
        await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync(email));
        system.Time.Advance(TimeSpan.FromSeconds(2));
        await system.LogInAsync(email);
        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, "wrong password"));
        await system.LogInAsync(email);
    }

    /// <summary>The time that a refused attempt is told is when it is heard: of the account there, of all strangers, of the address.</summary>
    [Theory]
    [InlineData("AccountFailures", "3")]
    [InlineData("AccountGuesses", "6")]
    [InlineData("AddressFailures", "3")]
    public async Task Login_Refused_IsHeardAtTheTimeThatItWasTold(string limit, string value)
    {
        await using var system = await AuthSystem.StartAsync(1, ($"Auth:Throttling:{limit}", value));
        const string Email = "nobody@example.org";
        for (var refusals = 0; refusals < 8;)
        {
            try
            {
                await system.LogInAsync(Email);
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.Unauthenticated)
            {
                continue;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted)
            {
                var wait = refused.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan();
                system.Time.Advance(wait - TimeSpan.FromTicks(10));
                await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync(Email));
                system.Time.Advance(TimeSpan.FromTicks(10));
                await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(Email));
                refusals++;
            }
        }
    }

    [Fact]
    public async Task Login_UnknownAccount_IsThrottledLikeAKnownOne()
    {
        await using var system = await AuthSystem.StartAsync();
        for (var i = 0; i < 5; i++)
            await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync("nobody@example.org"));
        await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync("nobody@example.org"));
    }

    [Fact]
    public async Task Login_ManyAccountsFromOneAddress_DelaysThemSoonerInItsNetworkOnly()
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:Throttling:AddressFailures", "3"));
        var (_, email) = await system.CreateUserAsync();
        for (var i = 0; i < 3; i++)
            await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync($"n{i}@example.org", address: $"2001:db8::{i}"));

        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync("n0@example.org", address: "2001:db8::ffff"));
        await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync("n0@example.org", address: "2001:db8::ffff"));
        for (var i = 0; i < 2; i++)
            await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync("n0@example.org", address: "2001:db8:0:1::1"));
        // Who has failed once there is heard.
        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, "wrong password", address: "2001:db8::ffff"));
        await system.LogInAsync(email, address: "2001:db8::ffff");
    }

    /// <summary>Somebody at the address of a school who guesses without end, and a pupil who mistypes twice there.</summary>
    [Fact]
    public async Task Login_AtAnAddressThatKeepsFailing_IsHeardWhenItWasTold()
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:Throttling:AddressFailures", "3"));
        var (_, email) = await system.CreateUserAsync();
        await GuessAsync(20);
        for (var i = 0; i < 2; i++)
            await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, "wrong password"));

        var told = (await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync(email))).GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan();
        Assert.InRange(told, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(2));
        system.Time.Advance(told);
        await GuessAsync(20);
        await system.LogInAsync(email);

        async Task GuessAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync($"{Guid.NewGuid():N}@example.org"));
        }
    }

    /// <summary>The right password would have been answered sooner, so whoever hangs up has guessed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Login_HungUpBeforeItsAnswer_Counts(bool exists)
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:Hashing:Threads", "1"));
        var (_, email) = exists ? await system.CreateUserAsync() : (default, "nobody@example.org");
        var threads = system.Host.Services.GetRequiredService<HashingThreads>();
        using var hold = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var (first, holding) = (Blocked(threads, HashingLane.Known, hold), Blocked(threads, HashingLane.Line, goOn));
        await first.Begun;
        using var hangUp = new CancellationTokenSource();
        var login = AuthSystem.Client(system.Host).LoginAsync(new LoginRequest { Email = email, Password = "wrong password" }, cancellationToken: hangUp.Token).ResponseAsync;
        // Two places of its own, and in the line the two before it.
        await Eventually.HoldsAsync(() => Task.FromResult(threads.Waiting == 4), "the attempt waits");
        hold.Set();
        await holding.Begun;

        await hangUp.CancelAsync();
        await Failing.WithAsync(StatusCode.Cancelled, () => login);
        await Eventually.HoldsAsync(() => system.QueryAsync(db => db.LoginFailures.AnyAsync()), "the failure counts");
        goOn.Set();
        await Task.WhenAll(first.Ended, holding.Ended);
    }

    private static (Task Begun, Task Ended) Blocked(HashingThreads threads, HashingLane lane, ManualResetEventSlim until)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (begun.Task, threads.RunAsync(lane, () =>
        {
            begun.SetResult();
            until.Wait();
            return true;
        }, null, CancellationToken.None));
    }

    [Fact]
    public async Task Login_GuessesAllAtOnce_GetNoAnswerOnceFailuresCount()
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:Hashing:Threads", "1"));
        var (_, email) = await system.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            (await Assert.ThrowsAsync<RpcException>(() => system.LogInAsync(email, $"wrong password {i}"))).StatusCode));

        Assert.All(answers, status => Assert.Contains(status, new[] { StatusCode.Unauthenticated, StatusCode.ResourceExhausted }));
        Assert.Contains(StatusCode.ResourceExhausted, answers);
        await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync(email));
    }
}

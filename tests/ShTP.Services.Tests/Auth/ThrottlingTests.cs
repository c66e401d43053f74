using Google.Rpc;
using Grpc.Core;
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
    public async Task Login_ManyAccountsFromOneAddress_DelaysThemInItsNetworkOnly()
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:Throttling:AddressFailures", "3"));
        var (_, email) = await system.CreateUserAsync();
        for (var i = 0; i < 3; i++)
            await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync($"n{i}@example.org", address: $"2001:db8::{i}"));

        await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync("n0@example.org", address: "2001:db8::ffff"));
        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync("n0@example.org", address: "2001:db8:0:1::1"));
        // Who has not failed there is heard.
        await system.LogInAsync(email, address: "2001:db8::ffff");
    }

    [Fact]
    public async Task Login_TypingErrorsOfAWholeSchool_HoldItsAddressUpForSecondsOnly()
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:Throttling:AddressFailures", "3"));
        var (_, email) = await system.CreateUserAsync();
        for (var i = 0; i < 20; i++)
        {
            await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync($"n{i}@example.org", address: "192.0.2.1"));
            system.Time.Advance(TimeSpan.FromSeconds(11));
        }

        await system.LogInAsync(email, address: "192.0.2.1");
    }

    [Fact]
    public async Task Login_GuessesAllAtOnce_GetNoAnswerOnceFailuresCount()
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:Hashing:Threads", "1"), ("Auth:Hashing:QueueLength", "1000"));
        var (_, email) = await system.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            (await Assert.ThrowsAsync<RpcException>(() => system.LogInAsync(email, $"wrong password {i}"))).StatusCode));

        Assert.All(answers, status => Assert.Contains(status, new[] { StatusCode.Unauthenticated, StatusCode.ResourceExhausted }));
        Assert.Contains(StatusCode.ResourceExhausted, answers);
        await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync(email));
    }
}

using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using ShTP.Api.V1;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class SigningKeyTests
{
    [Fact]
    public async Task Start_TwoReplicasAtOnce_CreateOneKeyThatBothUse()
    {
        await using var system = await AuthSystem.StartAsync(replicas: 2);
        var other = await system.AddReplicaAsync();
        var (_, email) = await system.CreateUserAsync();

        var tokens = await system.LogInAsync(email);

        Assert.Equal(1, await system.QueryAsync(db => db.SigningKeys.CountAsync()));
        await AuthSystem.Client(other, tokens.AccessToken).ListSessionsAsync(new());
    }

    [Fact]
    public async Task RotateSigningKey_Admin_SignsWithTheNewAndStillAcceptsTheOld()
    {
        await using var system = await AuthSystem.StartAsync();
        var other = await system.AddReplicaAsync();
        var (_, email, old) = await system.SignedInAsync(Role.Admin);

        await system.Client(old.AccessToken).RotateSigningKeyAsync(new());
        var fresh = await system.LogInAsync(email);

        Assert.NotEqual(KidOf(old.AccessToken), KidOf(fresh.AccessToken));
        await system.Client(old.AccessToken).ListSessionsAsync(new());
        var listed = (await system.Client().GetJwksAsync(new())).Keys;
        Assert.Equal([KidOf(fresh.AccessToken), KidOf(old.AccessToken)], listed.Select(key => key.Kid));
        Assert.All(listed, key => Assert.Equal(("EC", "P-256", "sig", "ES256", 43, 43), (key.Kty, key.Crv, key.Use, key.Alg, key.X.Length, key.Y.Length)));
        await Eventually.HoldsAsync(
            async () => (await AuthSystem.Client(other).GetJwksAsync(new())).Keys.Count == 2, "the other replica hears of the key");
        Assert.Equal(KidOf(fresh.AccessToken), KidOf((await system.LogInAsync(email, host: other)).AccessToken));
    }

    [Fact]
    public async Task RotateSigningKey_Teacher_IsDenied()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, _, tokens) = await system.SignedInAsync(Role.Teacher);
        var fault = await Failing.WithAsync(StatusCode.PermissionDenied, async () => await system.Client(tokens.AccessToken).RotateSigningKeyAsync(new()));
        Assert.Equal("You can't access this endpoint!", fault.Status.Detail);
    }

    [Fact]
    public async Task Upkeep_AfterTheInterval_PublishesAheadThenSignsThenForgetsTheOld()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, email, old) = await system.SignedInAsync();

        system.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(30));
        await ListedAsync(2);
        Assert.Equal(KidOf(old.AccessToken), KidOf((await system.LogInAsync(email)).AccessToken));

        system.Time.Advance(TimeSpan.FromMinutes(61));
        var fresh = await system.LogInAsync(email);
        Assert.NotEqual(KidOf(old.AccessToken), KidOf(fresh.AccessToken));

        // The third key is published an hour before it signs, and the first goes once nothing it signed can be valid.
        system.Time.Advance(TimeSpan.FromDays(30));
        await Eventually.HoldsAsync(
            async () => (await system.Client().GetJwksAsync(new())).Keys is { } keys && keys.All(key => key.Kid != KidOf(old.AccessToken)), "the old key is forgotten");

        Task ListedAsync(int count) => Eventually.HoldsAsync(async () => (await system.Client().GetJwksAsync(new())).Keys.Count == count, $"{count} keys are listed");
    }

    [Fact]
    public async Task SigningKeys_AtRest_HoldNoReadablePrivateKey()
    {
        await using var system = await AuthSystem.StartAsync();
        var key = await system.QueryAsync(db => db.SigningKeys.SingleAsync());
        using var ecdsa = System.Security.Cryptography.ECDsa.Create();
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => ecdsa.ImportPkcs8PrivateKey(key.EncryptedPrivateKey.AsSpan(28), out _));
    }

    private static string KidOf(string token) => new JsonWebToken(token).Kid;
}

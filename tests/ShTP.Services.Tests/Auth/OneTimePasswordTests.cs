using Grpc.Core;
using ShTP.Auth.V1;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class OneTimePasswordTests(AuthSystem system) : IClassFixture<AuthSystem>
{
    private const string OneTime = "kxmt-7h4p-wq9d";
    private const string Chosen = "battery staple";

    [Fact]
    public async Task Login_WithAPasswordForOneSignIn_ReplacesIt()
    {
        var (id, email, before) = await system.SignedInAsync();
        await ResetAsync(id, email);

        await system.RefusedAsync(before.AccessToken, StatusCode.Unauthenticated, "The session has ended");
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.LogInAsync(email));
        var denied = await Failing.WithAsync(StatusCode.PermissionDenied, async () => await system.LogInAsync(email, OneTime));
        Assert.Equal("The password is for one sign-in: choose a new one at /sign-in, or send newPassword", denied.Status.Detail);
        foreach (var (wrong, detail) in new[] { ("short", "newPassword: must have 8 to 128 characters"), (OneTime, "newPassword: must be another one") })
            Assert.Equal(detail, (await Failing.WithAsync(StatusCode.InvalidArgument, async () => await LogInAsync(email, OneTime, wrong))).Status.Detail);

        var tokens = await LogInAsync(email, OneTime, Chosen);

        await system.Client(tokens.AccessToken).ListSessionsAsync(new());
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await LogInAsync(email, OneTime, "something else"));
        await system.LogInAsync(email, Chosen);
        Assert.Equal(
            "newPassword: only a password for one sign-in is replaced here",
            (await Failing.WithAsync(StatusCode.InvalidArgument, async () => await LogInAsync(email, Chosen, "something else"))).Status.Detail);
    }

    [Fact]
    public async Task Login_ManyAtOnceWithAPasswordForOneSignIn_IsOneSignIn()
    {
        var (id, email) = await system.CreateUserAsync();
        await ResetAsync(id, email);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                await LogInAsync(email, OneTime, $"{Chosen} {i}");
                return $"{Chosen} {i}";
            }
            catch (RpcException refused) when (refused.StatusCode is StatusCode.Unauthenticated or StatusCode.ResourceExhausted or StatusCode.Aborted)
            {
                return null;
            }
        }));

        var winner = Assert.Single(outcomes, outcome => outcome is not null);
        system.Time.Advance(TimeSpan.FromHours(1));
        await system.LogInAsync(email, winner!);
    }

    [Fact]
    public async Task ChangeEmail_NewOneSignsInAndSessionsEnd()
    {
        var (id, old, tokens) = await system.SignedInAsync();
        var email = $"{Guid.NewGuid():N}@example.org";
        await system.Internal().ChangeEmailAsync(new ChangeEmailRequest { UserId = id.ToString(), Email = email }, AuthSystem.Message());

        await system.RefusedAsync(tokens.AccessToken, StatusCode.Unauthenticated, "The session has ended");
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.LogInAsync(old));
        await system.LogInAsync(email);
        var (other, _) = await system.CreateUserAsync(email: old);
        await Failing.WithAsync(StatusCode.AlreadyExists, async () => await system.Internal().ChangeEmailAsync(new ChangeEmailRequest { UserId = other.ToString(), Email = email }, AuthSystem.Message()));
        // Who has no credentials gets none by it.
        await system.Internal().ChangeEmailAsync(new ChangeEmailRequest { UserId = Guid.NewGuid().ToString(), Email = $"{Guid.NewGuid():N}@example.org" }, AuthSystem.Message());
    }

    [Fact]
    public async Task CheckPassword_WrongOnes_AreCounted()
    {
        var (id, _) = await system.CreateUserAsync();
        await system.Internal().CheckPasswordAsync(new CheckPasswordRequest { UserId = id.ToString(), Password = AuthSystem.Password });
        foreach (var wrong in new[] { "", "wrong", new string('x', 10_000) })
            Assert.Equal("Invalid current password", (await Failing.WithAsync(StatusCode.InvalidArgument, () => CheckAsync(wrong))).Status.Detail);
        StatusCode last;
        var attempts = 0;
        do
            last = (await Assert.ThrowsAsync<RpcException>(() => CheckAsync("wrong"))).StatusCode;
        while (last == StatusCode.InvalidArgument && ++attempts < 100);
        Assert.Equal(StatusCode.ResourceExhausted, last);

        async Task CheckAsync(string password) => await system.Internal().CheckPasswordAsync(new CheckPasswordRequest { UserId = id.ToString(), Password = password });
    }

    private async Task<LoginResponse> LogInAsync(string email, string password, string newPassword) =>
        await system.Client().LoginAsync(ClientJson.Parse<LoginRequest>($$"""{"email":"{{email}}","password":"{{password}}","newPassword":"{{newPassword}}"}"""));

    private async Task ResetAsync(Guid id, string email)
    {
        var hash = (await system.Internal().HashPasswordsAsync(new HashPasswordsRequest { Passwords = { OneTime } })).Hashes.Single();
        var credentials = new Credentials { UserId = id.ToString(), Email = email, PasswordHash = hash, MustChange = true };
        await system.Internal().SetCredentialsAsync(new SetCredentialsRequest { Credentials = { credentials } }, AuthSystem.Message());
    }
}

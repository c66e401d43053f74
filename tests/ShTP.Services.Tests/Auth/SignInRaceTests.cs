using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using Xunit;

namespace ShTP.Services.Tests.Auth;

/// <summary>Sign-ins that run while something changes under them, and those of a browser that was signed in before.</summary>
public sealed class SignInRaceTests
{
    private const string NewPassword = "another long one";

    [Fact]
    public async Task Login_PasswordChangesMeanwhile_OpensNoSession()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, email) = await system.CreateUserAsync();
        system.Users.BeforeAnswer = async () =>
        {
            system.Users.BeforeAnswer = null;
            await system.Internal().ChangePasswordAsync(id, AuthSystem.Password, NewPassword, Guid.NewGuid());
        };

        var fault = await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email));

        Assert.Equal("Invalid pair login && password", fault.Status.Detail);
        Assert.False(await system.QueryAsync(db => db.Sessions.AnyAsync(session => session.UserId == id)));
        await system.LogInAsync(email, NewPassword);
    }

    [Fact]
    public async Task Login_CredentialsAreReplacedMeanwhile_OpensNoSession()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, email) = await system.CreateUserAsync();
        system.Users.BeforeAnswer = async () =>
        {
            system.Users.BeforeAnswer = null;
            var hash = (await system.Internal().HashPasswordsAsync(new HashPasswordsRequest { Passwords = { NewPassword } })).Hashes.Single();
            await system.Internal().SetCredentialsAsync(
                new SetCredentialsRequest { Credentials = { new Credentials { UserId = id.ToString(), Email = email, PasswordHash = hash } } }, AuthSystem.Message());
        };

        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email));

        Assert.False(await system.QueryAsync(db => db.Sessions.AnyAsync(session => session.UserId == id)));
    }

    [Fact]
    public async Task Login_ManyWhileThePasswordChanges_LeaveNoSessionOfTheOldOne()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, email, kept) = await system.SignedInAsync();
        var logins = Enumerable.Range(0, 30).Select(async _ =>
        {
            try
            {
                await system.LogInAsync(email);
            }
            catch (RpcException refused) when (refused.StatusCode is StatusCode.Unauthenticated or StatusCode.ResourceExhausted)
            {
                // The password was changed before, or so many have failed since.
            }
        }).ToList();
        await system.Internal().ChangePasswordAsync(id, AuthSystem.Password, NewPassword, AuthSystem.SessionOf(kept));
        await Task.WhenAll(logins);

        var open = await system.QueryAsync(db => db.Sessions.Where(session => session.UserId == id && session.EndedAt == null).Select(session => session.Id).ToListAsync());
        Assert.Equal([AuthSystem.SessionOf(kept)], open);
    }

    [Fact]
    public async Task Login_RoleChangesMeanwhile_GivesTheNewRole()
    {
        await using var system = await AuthSystem.StartAsync();
        var (id, email) = await system.CreateUserAsync(Api.V1.Role.Admin);
        system.Users.BeforeAnswer = async () =>
        {
            system.Users.BeforeAnswer = null;
            system.Users.Set(id, Api.V1.Role.Student);
            await system.Internal().ExpireAccessTokensAsync(new ExpireAccessTokensRequest { UserId = id.ToString() }, AuthSystem.Message());
        };

        var tokens = await system.LogInAsync(email);

        Assert.Equal("student", AuthSystem.Claim(tokens.AccessToken, "role"));
        await system.Client(tokens.AccessToken).ListSessionsAsync(new());
        Assert.Equal(1, await system.QueryAsync(db => db.Sessions.CountAsync(session => session.UserId == id)));
    }

    [Fact]
    public async Task Login_BcryptHashTwiceAtOnce_BothSignIn()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, email) = await system.CreateUserAsync(hash: BCrypt.Net.BCrypt.HashPassword(AuthSystem.Password, 4));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => system.LogInAsync(email)));
    }

    [Fact]
    public async Task Login_WithTheTokenOfTheSameBrowser_EndsItsSessionAndNoOther()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, email, earlier) = await system.SignedInAsync();
        var phone = await system.LogInAsync(email);

        var next = await AgainAsync(system, email, earlier.AccessToken);

        await system.RefusedAsync(earlier.AccessToken, StatusCode.Unauthenticated, "The session has ended");
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(earlier.RefreshToken).RefreshAsync(new()));
        await system.Client(phone.RefreshToken).RefreshAsync(new());
        await system.Client(next.AccessToken).ListSessionsAsync(new());
    }

    [Fact]
    public async Task Login_WithAnExpiredTokenAndAsSomebodyElse_EndsTheSessionOfBefore()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, _, earlier) = await system.SignedInAsync();
        var (_, email) = await system.CreateUserAsync();
        system.Time.Advance(TimeSpan.FromHours(30));

        await AgainAsync(system, email, earlier.AccessToken);

        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(earlier.RefreshToken).RefreshAsync(new()));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("a.b.c")]
    public async Task Login_WithATokenThatIsNone_SignsIn(string token)
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, email, earlier) = await system.SignedInAsync();

        await AgainAsync(system, email, token);

        await system.Client(earlier.RefreshToken).RefreshAsync(new());
    }

    [Fact]
    public async Task Login_WrongPasswordWithAToken_EndsNothing()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, email, earlier) = await system.SignedInAsync();

        await Failing.WithAsync(StatusCode.Unauthenticated, async () =>
            await system.Client(earlier.AccessToken).LoginAsync(new LoginRequest { Email = email, Password = "wrong password" }));

        await system.Client(earlier.AccessToken).ListSessionsAsync(new());
    }

    private static async Task<LoginResponse> AgainAsync(AuthSystem system, string email, string token) =>
        await system.Client(token).LoginAsync(new LoginRequest { Email = email, Password = AuthSystem.Password });
}

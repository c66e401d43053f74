using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Api.V1;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class InternalTests(AuthSystem system) : IClassFixture<AuthSystem>
{
    private const string NewPassword = "another long one";

    [Fact]
    public async Task HashPasswords_Several_AreHashedInOrder()
    {
        var passwords = Enumerable.Range(0, 40).Select(i => $"password {i}").ToList();
        var hashes = (await system.Internal().HashPasswordsAsync(new HashPasswordsRequest { Passwords = { passwords } })).Hashes;

        Assert.Equal(40, hashes.Distinct().Count());
        for (var i = 0; i < passwords.Count; i += 13)
            Assert.True(ShTP.Auth.Passwords.Argon2id.Verify(System.Text.Encoding.UTF8.GetBytes(passwords[i]), hashes[i]));
    }

    [Fact]
    public async Task HashPasswords_TooShortAndTooLong_AreNamedByIndex()
    {
        var request = new HashPasswordsRequest { Passwords = { "long enough", "short", new string('x', 129) } };
        var fault = await Failing.WithAsync(StatusCode.InvalidArgument, async () => await system.Internal().HashPasswordsAsync(request));
        Assert.Equal("passwords[1]: must have 8 to 128 characters; passwords[2]: must have 8 to 128 characters", fault.Status.Detail);
    }

    [Fact]
    public async Task HashPasswords_MoreThanAThousand_IsInvalid()
    {
        var request = new HashPasswordsRequest { Passwords = { Enumerable.Repeat("long enough", 1001) } };
        await Failing.WithAsync(StatusCode.InvalidArgument, async () => await system.Internal().HashPasswordsAsync(request));
    }

    [Fact]
    public async Task ExportUser_SignedInOnce_HoldsAccountSessionAndAppsAndNoSecret()
    {
        var (id, email) = await system.CreateUserAsync();
        var tokens = await system.LogInAsync(email);
        var app = await system.Apps(tokens.AccessToken).CreateAppAsync(new CreateAppRequest { Name = "site", RedirectUrl = "https://site.example" });

        using var call = system.Internal().ExportUser(new Api.V1.ExportUserRequest { UserId = id.ToString() });
        var files = new Dictionary<string, string>();
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
            files[piece.Path] = files.GetValueOrDefault(piece.Path, "") + piece.Content.ToStringUtf8();

        Assert.Equal(["account.json", "apps.json", "consents.json", "sessions.json"], files.Keys.Order());
        Assert.Contains(email, files["account.json"], StringComparison.Ordinal);
        Assert.Single(System.Text.Json.JsonDocument.Parse(files["sessions.json"]).RootElement.EnumerateArray());
        Assert.Equal(app.Uuid, Assert.Single(System.Text.Json.JsonDocument.Parse(files["apps.json"]).RootElement.EnumerateArray()).GetProperty("id").GetString());
        Assert.DoesNotContain("argon2", string.Concat(files.Values), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SetCredentials_DeliveredTwice_IsAppliedOnce()
    {
        var (id, email) = await system.CreateUserAsync();
        var message = Guid.NewGuid();
        var first = await RequestAsync(id, email, NewPassword);
        await system.Internal().SetCredentialsAsync(first, AuthSystem.Message(message));
        await system.Internal().SetCredentialsAsync(await RequestAsync(id, email, "yet another one"), AuthSystem.Message());

        await system.Internal().SetCredentialsAsync(first, AuthSystem.Message(message));

        await system.LogInAsync(email, "yet another one");
    }

    [Fact]
    public async Task SetCredentials_EmailOfAnotherUser_AlreadyExistsAndChangesNothing()
    {
        var (_, taken) = await system.CreateUserAsync();
        var request = await RequestAsync(Guid.NewGuid(), $"{Guid.NewGuid():N}@example.org", NewPassword);
        request.Credentials.Add((await RequestAsync(Guid.NewGuid(), taken, NewPassword)).Credentials);

        await Failing.WithAsync(StatusCode.AlreadyExists, async () => await system.Internal().SetCredentialsAsync(request, AuthSystem.Message()));

        await system.LogInAsync(taken);
        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(request.Credentials[0].Email, NewPassword));
    }

    [Fact]
    public async Task SetCredentials_EmailOfAUserWhoIsGone_ReplacesTheirs()
    {
        var (gone, email) = await system.CreateUserAsync();
        system.Users.People.TryRemove(gone, out _);
        var id = Guid.NewGuid();
        system.Users.Set(id, ShTP.Api.V1.Role.Student);

        await system.Internal().SetCredentialsAsync(await RequestAsync(id, email, NewPassword), AuthSystem.Message());

        Assert.Equal(id.ToString(), AuthSystem.Claim((await system.LogInAsync(email, NewPassword)).AccessToken, "sub"));
    }

    [Theory]
    [InlineData("not a uuid", "a@example.org", null, "credentials[0].userId")]
    [InlineData("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "a", null, "credentials[0].email")]
    [InlineData("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "a@example.org", "plain text", "credentials[0].passwordHash")]
    [InlineData("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "a@example.org", "$argon2id$v=19$m=999999999,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g", "credentials[0].passwordHash")]
    public async Task SetCredentials_BadField_IsNamed(string id, string email, string? hash, string field)
    {
        hash ??= BCrypt.Net.BCrypt.HashPassword("x", 4);
        var request = new SetCredentialsRequest { Credentials = { new Credentials { UserId = id, Email = email, PasswordHash = hash } } };
        var fault = await Failing.WithAsync(StatusCode.InvalidArgument, async () => await system.Internal().SetCredentialsAsync(request, AuthSystem.Message()));
        Assert.StartsWith($"{field}: ", fault.Status.Detail);
    }

    [Fact]
    public async Task SetCredentials_WithoutMessageId_IsInvalid()
    {
        var request = await RequestAsync(Guid.NewGuid(), "a@example.org", NewPassword);
        await Failing.WithAsync(StatusCode.InvalidArgument, async () => await system.Internal().SetCredentialsAsync(request));
    }

    [Fact]
    public async Task ChangePassword_RightCurrent_ReplacesItAndEndsOtherSessions()
    {
        var (id, email, kept) = await system.SignedInAsync();
        var other = await system.LogInAsync(email);

        await ChangeAsync(id, AuthSystem.Password, NewPassword, AuthSystem.SessionOf(kept));

        await system.LogInAsync(email, NewPassword);
        await system.Client(kept.RefreshToken).RefreshAsync(new());
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(other.RefreshToken).RefreshAsync(new()));
        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email));
    }

    [Fact]
    public async Task ChangePassword_WrongCurrent_IsInvalidAndThrottled()
    {
        var (id, email, tokens) = await system.SignedInAsync();
        for (var i = 0; i < 5; i++)
        {
            var fault = await Failing.WithAsync(StatusCode.InvalidArgument, () => ChangeAsync(id, "wrong password", NewPassword, Guid.NewGuid()));
            Assert.Equal("Invalid current password", fault.Status.Detail);
        }

        await Failing.WithAsync(StatusCode.ResourceExhausted, () => ChangeAsync(id, AuthSystem.Password, NewPassword, Guid.NewGuid()));
        await system.LogInAsync(email);
        await system.Client(tokens.RefreshToken).RefreshAsync(new());
    }

    [Fact]
    public async Task ChangePassword_NewTooShort_IsNamed()
    {
        var (id, _) = await system.CreateUserAsync();
        var fault = await Failing.WithAsync(StatusCode.InvalidArgument, () => ChangeAsync(id, AuthSystem.Password, "short", Guid.NewGuid()));
        Assert.StartsWith("newPassword: ", fault.Status.Detail);
    }

    [Fact]
    public async Task ChangePassword_NoCredentials_IsNotFound() =>
        await Failing.WithAsync(StatusCode.NotFound, () => ChangeAsync(Guid.NewGuid(), AuthSystem.Password, NewPassword, Guid.NewGuid()));

    [Fact]
    public async Task ChangePassword_ChangedSinceItWasPrepared_IsAborted()
    {
        var (id, email) = await system.CreateUserAsync();
        var request = new PreparePasswordChangeRequest { UserId = id.ToString(), CurrentPassword = AuthSystem.Password, NewPassword = "the slower one of two" };
        var slower = await system.Internal().PreparePasswordChangeAsync(request);
        await ChangeAsync(id, AuthSystem.Password, NewPassword, Guid.NewGuid());

        await Failing.WithAsync(StatusCode.Aborted, async () => await system.Internal().ChangePasswordAsync(
            new ChangePasswordRequest { UserId = id.ToString(), Password = slower.Password, KeepSessionId = Guid.NewGuid().ToString() }));

        await system.LogInAsync(email, NewPassword);
    }

    /// <summary>Users lost its record of the call, and the client repeats it.</summary>
    [Fact]
    public async Task ChangePassword_Repeated_IsDoneAlready()
    {
        var (id, email) = await system.CreateUserAsync();
        await ChangeAsync(id, AuthSystem.Password, NewPassword, Guid.NewGuid());

        await ChangeAsync(id, AuthSystem.Password, NewPassword, Guid.NewGuid());
        await Failing.WithAsync(StatusCode.InvalidArgument, () => ChangeAsync(id, AuthSystem.Password, "another one for it", Guid.NewGuid()));

        await system.LogInAsync(email, NewPassword);
    }

    [Fact]
    public async Task ExpireAccessTokens_DeliveredTwice_RevokesOnceAndKeepsSessions()
    {
        var (id, _, tokens) = await system.SignedInAsync();
        var message = Guid.NewGuid();
        for (var i = 0; i < 2; i++)
            await system.Internal().ExpireAccessTokensAsync(new ExpireAccessTokensRequest { UserId = id.ToString() }, AuthSystem.Message(message));

        var revocation = await system.QueryAsync(db => db.Revocations.SingleAsync(known => known.UserId == id));
        Assert.True(revocation.ExpiredOnly);
        await system.Client(tokens.RefreshToken).RefreshAsync(new());
    }

    [Fact]
    public async Task DeleteUser_SignedIn_ForgetsCredentialsAndSessions()
    {
        var (id, email, tokens) = await system.SignedInAsync();
        var message = Guid.NewGuid();
        for (var i = 0; i < 2; i++)
            await system.Internal().DeleteUserAsync(new DeleteUserRequest { UserId = id.ToString() }, AuthSystem.Message(message));

        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email));
        await Failing.WithAsync(StatusCode.Unauthenticated, async () => await system.Client(tokens.RefreshToken).RefreshAsync(new()));
        Assert.False((await system.QueryAsync(db => db.Revocations.SingleAsync(known => known.UserId == id))).ExpiredOnly);
    }

    [Fact]
    public async Task DeleteUser_NoUuid_IsInvalid() =>
        await Failing.WithAsync(StatusCode.InvalidArgument, async () => await system.Internal().DeleteUserAsync(new DeleteUserRequest { UserId = "x" }, AuthSystem.Message()));

    private async Task<SetCredentialsRequest> RequestAsync(Guid id, string email, string password)
    {
        var hash = (await system.Internal().HashPasswordsAsync(new HashPasswordsRequest { Passwords = { password } })).Hashes.Single();
        return new SetCredentialsRequest { Credentials = { new Credentials { UserId = id.ToString(), Email = email, PasswordHash = hash } } };
    }

    private Task ChangeAsync(Guid id, string current, string replacement, Guid keep) => system.Internal().ChangePasswordAsync(id, current, replacement, keep);
}

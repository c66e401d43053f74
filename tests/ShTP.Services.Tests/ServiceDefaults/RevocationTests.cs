using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.ServiceDefaults;
using ShTP.Services.Tests.Auth;
using ShTP.Testing;
using ShTP.Users;
using ShTP.Users.V1;
using Xunit;
using User = ShTP.Users.Profiles.User;
using UsersService = ShTP.Users.V1.UsersService;

namespace ShTP.Services.Tests.ServiceDefaults;

/// <summary>The real Auth and the real Users, at their own ports: no gateway stands before them.</summary>
public sealed class RevocationTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestDatabase _database = null!;
    private ServiceHost<UsersDb> _users = null!;
    private AuthSystem _auth = null!;
    private User _admin = null!;

    public async ValueTask InitializeAsync()
    {
        // They call each other, so the address of one must be known before it runs.
        var port = FreePort.Find();
        // Nobody moves it: whatever happens here happens within one second.
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        _database = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        _users = await ServiceHost<UsersDb>.StartAsync(
            ResourceNames.Users,
            [new($"ConnectionStrings:{ResourceNames.UsersDb}", _database.ConnectionString), new("services:auth:grpc:0", $"http://127.0.0.1:{port}")],
            services => services.AddSingleton<TimeProvider>(time),
            followsRevocations: true);
        _auth = await AuthSystem.StartAsync(
            time, 1, ($"services:{ResourceNames.Users}:grpc:0", _users.GrpcAddress.ToString().TrimEnd('/')), ("Kestrel:Endpoints:grpc:Url", $"http://127.0.0.1:{port}"));
        _admin = await CreateAsync(Role.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        await Disposing.AllAsync(_auth, _users, _database);
    }

    [Fact]
    public async Task Users_SessionEnds_RefusesItsTokenWithinASecond()
    {
        var tokens = await _auth.LogInAsync(_admin.Email);
        await Users(tokens).GetLeaderboardAsync(new());
        await Users(tokens).SearchUsersAsync(new SearchUsersRequest { Query = "x" });

        await _auth.Client(tokens.AccessToken).LogoutAsync(new());

        await RefusedAsync(tokens, new Status(StatusCode.Unauthenticated, "The session has ended"));
        // For whoever needs no token it counts as none.
        await Users(tokens).GetLeaderboardAsync(new());
    }

    [Fact]
    public async Task Users_PromotedSignedInAndDemotedWithinOneSecond_TenRounds_NeverStaysAdmin()
    {
        var client = Users(await _auth.LogInAsync(_admin.Email));
        var pupil = await CreateAsync(Role.Student);
        for (var round = 0; round < 10; round++)
        {
            await client.UpdateUserAsync(ChangeRole(pupil, Role.Admin));
            var tokens = await _auth.LogInAsync(pupil.Email);
            Assert.Equal("admin", AuthSystem.Claim(tokens.AccessToken, "role"));
            await client.UpdateUserAsync(ChangeRole(pupil, Role.Student));

            await RefusedAsync(tokens, new Status(StatusCode.PermissionDenied, "Signature has expired"));
            var refreshed = await _auth.Client(tokens.RefreshToken).RefreshAsync(new());
            Assert.Equal("student", AuthSystem.Claim(refreshed.AccessToken, "role"));
        }
    }

    [Fact]
    public async Task Users_SignedInAndDeletedWithinOneSecond_TenRounds_NeverStays()
    {
        var client = Users(await _auth.LogInAsync(_admin.Email));
        for (var round = 0; round < 10; round++)
        {
            var gone = await CreateAsync(Role.Admin);
            var tokens = await _auth.LogInAsync(gone.Email);
            await client.DeleteUserAsync(new ShTP.Users.V1.DeleteUserRequest { Uuid = gone.Id.ToString() });

            await RefusedAsync(tokens, new Status(StatusCode.Unauthenticated, "The session has ended"));
            await Failing.WithAsync(StatusCode.Unauthenticated, async () => await _auth.Client(tokens.RefreshToken).RefreshAsync(new()));
        }
    }

    [Fact]
    public async Task Users_AuthIsSilentForLong_RefusesTokensAndServesEverybodyElse()
    {
        await using var alone = await ServiceHost<UsersDb>.StartAsync(
            ResourceNames.Users, [new($"ConnectionStrings:{ResourceNames.UsersDb}", _database.ConnectionString), new("Revocations:FirstWait", "00:00:00.200")], followsRevocations: true);
        var client = alone.As<UsersService.UsersServiceClient>(_admin.Id, Role.Admin);

        var fault = await Failing.WithAsync(StatusCode.Unavailable, async () => await client.SearchUsersAsync(new SearchUsersRequest { Query = "x" }));

        Assert.Equal("Tokens cannot be checked at the moment, try again later", fault.Status.Detail);
        await client.GetLeaderboardAsync(new());
    }

    private static UpdateUserRequest ChangeRole(User user, Role role) => new() { Uuid = user.Id.ToString(), Admin = new AdminChange { Role = role } };

    private UsersService.UsersServiceClient Users(LoginResponse tokens) => _users.WithToken<UsersService.UsersServiceClient>(tokens.AccessToken);

    // By an RPC that the role allows, so that only the revocation can refuse it.
    private async Task RefusedAsync(LoginResponse tokens, Status expected)
    {
        var status = Status.DefaultSuccess;
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    await Users(tokens).SearchUsersAsync(new SearchUsersRequest { Query = "x" });
                    return false;
                }
                catch (RpcException refused)
                {
                    status = refused.Status;
                    return true;
                }
            },
            "the token is refused",
            Second);
        Assert.Equal((expected.StatusCode, expected.Detail), (status.StatusCode, status.Detail));
    }

    private async Task<User> CreateAsync(Role role)
    {
        var (id, email) = await _auth.CreateUserAsync(role);
        await using var scope = _users.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDb>();
        var now = DateTimeOffset.UtcNow;
        var group = new ShTP.Users.Groups.Group { Id = Guid.CreateVersion7(), Name = "Python", Color = "#abcdef", CreatedAt = now, UpdatedAt = now };
        var user = new User { Id = id, Email = email, Role = role, FirstName = "Ada", LastName = "Lovelace", GroupId = group.Id, CreatedAt = now, UpdatedAt = now };
        user.RefreshSearchText();
        db.AddRange(group, user);
        await db.SaveChangesAsync();
        return user;
    }
}

using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using ShTP.Api.V1;
using ShTP.Auth;
using ShTP.Auth.V1;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using ShTP.Testing.Fakes;
using Xunit;
using AppsService = ShTP.Auth.V1.AppsService;
using AuthService = ShTP.Auth.V1.AuthService;
using Host = ShTP.Testing.ServiceHost<ShTP.Auth.AuthOptions>;

namespace ShTP.Services.Tests.Auth;

/// <summary>Any number of Auth processes over one database and one Users; their clock is the test's.</summary>
public sealed class AuthSystem : IAsyncLifetime
{
    public const string Password = "correct horse";

    private readonly StatementLog _log = new();
    private readonly List<Host> _hosts = [];
    private TestDatabase? _database;
    private FakeService? _users;

    public FakeTimeProvider Time { get; private init; } = new(DateTimeOffset.UtcNow);

    public FakeUsers Users { get; } = new();

    internal Host Host => _hosts[0];

    public ConcurrentQueue<(string Sql, NpgsqlParameter[] Parameters)> Statements => _log.Statements;

    public string ConnectionString => _database!.ConnectionString;

    public static Task<AuthSystem> StartAsync(int replicas = 1, params (string Key, string Value)[] settings) =>
        StartAsync(new FakeTimeProvider(DateTimeOffset.UtcNow), replicas, settings);

    public static async Task<AuthSystem> StartAsync(FakeTimeProvider time, int replicas, params (string Key, string Value)[] settings)
    {
        var system = new AuthSystem { Time = time };
        await system.PrepareAsync();
        await Task.WhenAll(Enumerable.Range(0, replicas).Select(_ => system.AddReplicaAsync(settings)));
        return system;
    }

    public async ValueTask InitializeAsync()
    {
        await PrepareAsync();
        await AddReplicaAsync();
    }

    internal Task<Host> AddReplicaAsync(params (string Key, string Value)[] settings) => AddReplicaAsync(Time, settings);

    /// <summary>One more, with a clock of its own.</summary>
    internal async Task<Host> AddReplicaAsync(FakeTimeProvider time, params (string Key, string Value)[] settings)
    {
        var configuration = new Dictionary<string, string?>
        {
            ["ConnectionStrings:authdb"] = ConnectionString,
            ["Auth:KeyEncryptionKey"] = "a secret of the tests, long enough",
            ["Auth:KeyPropagation"] = "00:00:00",
            ["Auth:Hashing:MemoryKib"] = "64",
            ["Auth:Hashing:Passes"] = "1",
            ["Auth:Throttling:AddressFailures"] = "100000",
            [_users!.Configuration.Key] = _users.Configuration.Value,
        };
        foreach (var (key, value) in settings)
            configuration[key] = value;
        var host = await Host.StartAsync(ResourceNames.Auth, configuration, services => services.AddSingleton<TimeProvider>(time).ConfigureDbContext<AuthDb>(options => options.AddInterceptors(_log)));
        lock (_hosts)
            _hosts.Add(host);
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    await Client(host).GetJwksAsync(new GetJwksRequest());
                    return true;
                }
                catch (RpcException early) when (early.StatusCode == StatusCode.Unavailable)
                {
                    return false;
                }
            },
            "Auth has keys");
        return host;
    }

    internal static AuthService.AuthServiceClient Client(Host host, string? token = null) =>
        token is null ? host.Anonymous<AuthService.AuthServiceClient>() : host.WithToken<AuthService.AuthServiceClient>(token);

    public AuthService.AuthServiceClient Client(string? token = null) => Client(Host, token);

    public AppsService.AppsServiceClient Apps(string? token = null) =>
        token is null ? Host.Anonymous<AppsService.AppsServiceClient>() : Host.WithToken<AppsService.AppsServiceClient>(token);

    internal AuthInternal.AuthInternalClient Internal(Host host, string caller = ResourceNames.Users) =>
        host.WithToken<AuthInternal.AuthInternalClient>(TestTokens.Service(caller, ResourceNames.Auth, Time.GetUtcNow()));

    public AuthInternal.AuthInternalClient Internal() => Internal(Host);

    public static Metadata Message(Guid? id = null) => new() { { "shtp-message-id", (id ?? Guid.NewGuid()).ToString() } };

    /// <summary>A user who can sign in.</summary>
    public async Task<(Guid Id, string Email)> CreateUserAsync(Role role = Role.Student, string? hash = null, string? email = null)
    {
        var id = Guid.NewGuid();
        email ??= $"{id:N}@example.org";
        Users.Set(id, role);
        hash ??= (await Internal().HashPasswordsAsync(new HashPasswordsRequest { Passwords = { Password } })).Hashes.Single();
        await Internal().SetCredentialsAsync(
            new SetCredentialsRequest { Credentials = { new Credentials { UserId = id.ToString(), Email = email, PasswordHash = hash } } }, Message());
        return (id, email);
    }

    internal async Task<LoginResponse> LogInAsync(string email, string password = Password, string address = "192.0.2.1", Host? host = null) =>
        await Client(host ?? Host).LoginAsync(
            new LoginRequest { Email = email, Password = password },
            new Metadata { { "x-forwarded-for", address }, { "shtp-user-agent", "tests" } });

    public async Task<(Guid Id, string Email, LoginResponse Tokens)> SignedInAsync(Role role = Role.Student)
    {
        var (id, email) = await CreateUserAsync(role);
        return (id, email, await LogInAsync(email));
    }

    /// <summary>Expects that the token is refused soon: the process that was asked hears of it by the database.</summary>
    internal async Task RefusedAsync(string token, StatusCode status, string detail, Host? host = null)
    {
        RpcException? refused = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    await Client(host ?? Host, token).ListSessionsAsync(new());
                    return false;
                }
                catch (RpcException fault)
                {
                    refused = fault;
                    return true;
                }
            },
            "the token is refused",
            TimeSpan.FromSeconds(5));
        Assert.Equal((status, detail), (refused!.StatusCode, refused.Status.Detail));
    }

    public static string Claim(string token, string name) => new JsonWebToken(token).GetPayloadValue<object>(name).ToString()!;

    public static Guid SessionOf(LoginResponse tokens) => Guid.Parse(Claim(tokens.AccessToken, "sid"));

    internal async Task<T> QueryAsync<T>(Func<AuthDb, Task<T>> query)
    {
        var options = new DbContextOptionsBuilder<AuthDb>().UseNpgsql(ConnectionString).UseSnakeCaseNamingConvention().Options;
        await using var db = new AuthDb(options);
        return await query(db);
    }

    public ValueTask DisposeAsync() => Disposing.AllAsync([.. _hosts, _users, _database]);

    private async Task PrepareAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync<AuthDb>();
        _users = await FakeService.StartAsync(ResourceNames.Users, Users, time: Time);
    }
}

internal static class Failing
{
    /// <summary>The error of a call that must fail with the status.</summary>
    public static async Task<RpcException> WithAsync(StatusCode status, Func<Task> call)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(status == fault.StatusCode, $"expected {status}, got {fault.Status}");
        return fault;
    }
}

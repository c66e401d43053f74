using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Api.V1;
using ShTP.Auth.Passwords;
using ShTP.Auth.V1;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class LoginTests(AuthSystem system) : IClassFixture<AuthSystem>
{
    private const string InvalidPair = "Invalid pair login && password";

    [Theory]
    [InlineData(Role.Student, "student")]
    [InlineData(Role.Teacher, "teacher")]
    [InlineData(Role.Admin, "admin")]
    public async Task Login_RightPair_GivesTokensOfTheSession(Role role, string name)
    {
        var (id, email) = await system.CreateUserAsync(role);

        var tokens = await system.LogInAsync(email);

        Assert.Equal("bearer", tokens.TokenType);
        foreach (var (token, type, life) in new[] { (tokens.AccessToken, "access", 1440 * 60), (tokens.RefreshToken, "refresh", 30 * 24 * 60 * 60) })
        {
            Assert.Equal(id.ToString(), AuthSystem.Claim(token, "sub"));
            Assert.Equal("shtp", AuthSystem.Claim(token, "iss"));
            Assert.Equal("shtp", AuthSystem.Claim(token, "aud"));
            Assert.Equal(name, AuthSystem.Claim(token, "role"));
            Assert.Equal(type, AuthSystem.Claim(token, "type"));
            Assert.Equal(life, long.Parse(AuthSystem.Claim(token, "exp")) - long.Parse(AuthSystem.Claim(token, "iat")));
        }

        var session = Assert.Single((await system.Client(tokens.AccessToken).ListSessionsAsync(new())).Sessions);
        Assert.Equal(("tests", "192.0.2.1", true), (session.UserAgent, session.Address, session.Current));
        Assert.Equal(AuthSystem.SessionOf(tokens).ToString(), session.Uuid);
    }

    [Fact]
    public async Task Login_UnknownUserAndWrongPassword_CostAndSayTheSame()
    {
        var (_, email) = await system.CreateUserAsync();

        var (unknown, unknownHashes) = await CountHashesAsync(() => system.LogInAsync($"{Guid.NewGuid():N}@example.org"));
        var (wrong, wrongHashes) = await CountHashesAsync(() => system.LogInAsync(email, "wrong password"));

        Assert.Equal((StatusCode.Unauthenticated, InvalidPair), (unknown.StatusCode, unknown.Status.Detail));
        Assert.Equal((StatusCode.Unauthenticated, InvalidPair), (wrong.StatusCode, wrong.Status.Detail));
        Assert.Equal((1, 1), (unknownHashes, wrongHashes));
    }

    [Fact]
    public async Task Login_EmailInOtherSpellings_IsOneAccount()
    {
        var name = Guid.NewGuid().ToString("N");
        await system.CreateUserAsync(email: $"Anna.{name}@Пример.рф");

        foreach (var email in new[] { $"Anna.{name}@ПРИМЕР.рф", $"anna.{name}@пример.рф", $" ANNA.{name}@xn--e1afmkfd.xn--p1ai\t" })
            await system.LogInAsync(email);
    }

    [Fact]
    public async Task Login_TwoAccountsOfBeforeThatDifferInCase_AreToldApartByWhatIsTyped()
    {
        var name = Guid.NewGuid().ToString("N");
        var (upper, old) = await system.CreateUserAsync(email: $"old.{name}@example.org");
        var spelled = $"Old.{name}@пример.рф";
        await system.QueryAsync(db => db.Credentials.Where(known => known.UserId == upper).ExecuteUpdateAsync(set => set.SetProperty(known => known.Email, spelled)));
        var (lower, _) = await system.CreateUserAsync(email: $"old.{name}@пример.рф");

        Assert.Equal(upper.ToString(), AuthSystem.Claim((await system.LogInAsync(spelled)).AccessToken, "sub"));
        Assert.Equal(lower.ToString(), AuthSystem.Claim((await system.LogInAsync($"old.{name}@пример.рф")).AccessToken, "sub"));
        Assert.NotEqual(old, spelled);
    }

    [Fact]
    public async Task Login_PasswordTypedOnAnotherSystem_IsTheSame()
    {
        const string Composed = "пароль\u0020йёé 1";
        const string Decomposed = "пароль\u00a0и\u0306е\u0308e\u0301 1";
        foreach (var (set, typed) in new[] { (Composed, Decomposed), (Decomposed, Composed) })
        {
            var hash = (await system.Internal().HashPasswordsAsync(new HashPasswordsRequest { Passwords = { set } })).Hashes.Single();
            var (_, email) = await system.CreateUserAsync(hash: hash);
            await system.LogInAsync(email, typed);
            await system.LogInAsync(email, set);
        }
    }

    [Fact]
    public async Task Login_OlderHashOfTheTextAsItWasTyped_WorksAndIsReplaced()
    {
        const string Decomposed = "пароль и\u0306 1";
        var (id, email) = await system.CreateUserAsync(hash: BCrypt.Net.BCrypt.HashPassword(Decomposed, 4));
        await system.LogInAsync(email, Decomposed);
        Assert.StartsWith("$argon2id$", await HashOfAsync(id));
        await system.LogInAsync(email, "пароль й 1");
        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, "пароль и 1"));
    }

    [Theory]
    [InlineData("", "password", "email")]
    [InlineData("nobody", "password", "email")]
    [InlineData("a@b", "password", "email")]
    [InlineData("a\0b@example.org", "password", "email")]
    [InlineData("a@example.org", "", "password")]
    public async Task Login_BadField_IsNamed(string email, string password, string field)
    {
        var fault = await Failing.WithAsync(StatusCode.InvalidArgument, () => system.LogInAsync(email, password));
        Assert.StartsWith($"{field}: ", fault.Status.Detail);
    }

    [Fact]
    public async Task Login_PasswordTooLong_IsInvalidWithoutHashing()
    {
        var (_, email) = await system.CreateUserAsync();
        var (fault, hashes) = await CountHashesAsync(() => system.LogInAsync(email, new string('x', 129)));
        Assert.Equal((StatusCode.InvalidArgument, 0), (fault.StatusCode, hashes));
    }

    [Fact]
    public async Task Login_TenMegabytes_IsCutByTheLimit() =>
        await Failing.WithAsync(StatusCode.ResourceExhausted, () => system.LogInAsync(new string('x', 10_000_000)));

    [Theory]
    [InlineData("пароль-из-букв")]
    [InlineData("nul\0nul\0nul")]
    [InlineData("🔑🔑🔑🔑🔑🔑🔑🔑")]
    public async Task Login_PasswordOfAnyCharacters_WorksAndIsNotCut(string password)
    {
        var hash = (await system.Internal().HashPasswordsAsync(new HashPasswordsRequest { Passwords = { password } })).Hashes.Single();
        var (_, email) = await system.CreateUserAsync(hash: hash);

        await system.LogInAsync(email, password);
        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, password[..^1]));
    }

    [Fact]
    public async Task Login_UserGone_IsDenied()
    {
        var (id, email) = await system.CreateUserAsync();
        system.Users.People.TryRemove(id, out _);

        var fault = await Failing.WithAsync(StatusCode.PermissionDenied, () => system.LogInAsync(email));

        Assert.Equal("No login", fault.Status.Detail);
        Assert.False(await system.QueryAsync(db => db.Sessions.AnyAsync(session => session.UserId == id)));
    }

    [Theory]
    [InlineData("$2a$")]
    [InlineData("$2b$")]
    [InlineData("$2y$")]
    public async Task Login_BcryptHash_VerifiesAndIsUpgraded(string prefix)
    {
        var bcrypt = string.Concat(prefix, BCrypt.Net.BCrypt.HashPassword(AuthSystem.Password, 4).AsSpan(4));
        var (id, email) = await system.CreateUserAsync(hash: bcrypt);

        await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, "wrong password"));
        Assert.Equal(bcrypt, await HashOfAsync(id));
        await system.LogInAsync(email);

        Assert.StartsWith("$argon2id$v=19$m=64,t=1,p=1$", await HashOfAsync(id));
        await system.LogInAsync(email);
    }

    [Fact]
    public async Task Login_HashWithOlderParameters_IsReplaced()
    {
        var (id, email) = await system.CreateUserAsync(hash: Argon2id.Hash("correct horse"u8, 128, 3));
        await system.LogInAsync(email);
        Assert.StartsWith("$argon2id$v=19$m=64,t=1,p=1$", await HashOfAsync(id));
    }

    [Fact]
    public async Task Login_WrongPassword_CostsTheSameForImportedOthersAndNobody()
    {
        await using var own = await AuthSystem.StartAsync();
        var (_, cheap) = await own.CreateUserAsync(hash: BCrypt.Net.BCrypt.HashPassword(AuthSystem.Password, 4));
        var (_, dear) = await own.CreateUserAsync(hash: BCrypt.Net.BCrypt.HashPassword(AuthSystem.Password, 7));
        var (_, ordinary) = await own.CreateUserAsync();

        foreach (var email in new[] { "nobody@example.org", ordinary, cheap, dear })
            Assert.Equal((1, 1 << 7), await WorkOfAsync(own, () => own.LogInAsync(email, "wrong password")));
    }

    private static async Task<(long New, long Old)> WorkOfAsync(AuthSystem system, Func<Task> call)
    {
        var work = new System.Collections.Concurrent.ConcurrentDictionary<string, long>();
        var meters = system.Host.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "shtp.auth.password_hashes" && instrument.Meter.Scope == meters)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => work.AddOrUpdate((string)tags[0].Value!, value, (_, sum) => sum + value));
        listener.Start();
        await Assert.ThrowsAsync<RpcException>(call);
        return (work.GetValueOrDefault("argon2id"), work.GetValueOrDefault("bcrypt"));
    }

    private async Task<(RpcException Fault, int Hashes)> CountHashesAsync(Func<Task> call)
    {
        var count = 0;
        var meters = system.Host.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "shtp.auth.password_hashes" && instrument.Meter.Scope == meters)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Interlocked.Add(ref count, (string)tags[0].Value! == "argon2id" ? (int)value : 0));
        listener.Start();
        return (await Assert.ThrowsAsync<RpcException>(call), count);
    }

    private Task<string> HashOfAsync(Guid user) =>
        system.QueryAsync(db => db.Credentials.Where(credentials => credentials.UserId == user).Select(credentials => credentials.PasswordHash).SingleAsync());
}

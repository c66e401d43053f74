using Google.Rpc;
using Grpc.Core;
using ShTP.Auth.V1;
using Xunit;

namespace ShTP.Services.Tests.Auth;

/// <summary>Somebody guesses passwords while everybody else signs in; the clock is the test's.</summary>
public sealed class GuessingTests
{
    private const string School = "192.0.2.1";
    private const string Home = "198.51.100.7";
    private const int GuessesADay = 100;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Login_FromAnyNumberOfAddresses_GuessesAHundredTimesADayAndLocksNoKnownDeviceOut()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, teacher) = await system.CreateUserAsync(Api.V1.Role.Teacher);
        var token = (await SignInAsync(system, teacher, Home, "browser")).AccessToken;
        var (number, guesses, end) = (0, 0, system.Time.GetUtcNow() + Day);

        while (system.Time.GetUtcNow() < end)
        {
            var wait = await GuessAsync(system, teacher, $"203.0.113.{number++ % 250}", "attack");
            guesses += wait is null ? 1 : 0;
            if (wait is { } told)
                await WaitAsync(system, told, () => GuessAsync(system, teacher, $"203.0.113.{number++ % 250}", "attack"), () => guesses++);
        }

        Assert.InRange(guesses, GuessesADay / 2, GuessesADay);
        // A device that was never seen has to wait, one that shows the token of its last session has not, and neither has one that keeps nothing at its usual place.
        Assert.NotNull(await GuessAsync(system, teacher, School, "new"));
        await SignInAsync(system, teacher, School, "browser", token);
        await SignInAsync(system, teacher, Home, "browser");
    }

    [Fact]
    public async Task Login_FromOneAddress_LeavesGuessesForOthers()
    {
        await using var system = await AuthSystem.StartAsync();
        var (_, teacher) = await system.CreateUserAsync(Api.V1.Role.Teacher);
        var (guesses, end) = (0, system.Time.GetUtcNow() + Day);

        while (system.Time.GetUtcNow() < end)
        {
            if (await GuessAsync(system, teacher, School, "attack") is { } told)
                await WaitAsync(system, told, () => GuessAsync(system, teacher, School, "attack"), () => guesses++);
            else
                guesses++;
        }

        Assert.InRange(guesses, 20, (GuessesADay / 2) - 1);
        await SignInAsync(system, teacher, Home, "new");
    }

    [Fact]
    public async Task Login_OfASchoolBehindTheAddressOfAnAttacker_IsHeard()
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:Throttling:AddressFailures", "50"));
        var emails = await CreateSchoolAsync(system, pupils: 300);
        var (known, fresh, spared) = (emails[..150], emails[150..250], emails[250..]);
        var tokens = await Task.WhenAll(known.Select(async email => (email, (await SignInAsync(system, email, Home, "browser")).AccessToken)));

        var heard = 0;
        for (var round = 0; round < 3; round++)
        {
            foreach (var email in known.Concat(fresh))
                heard += await GuessAsync(system, email, School, "browser") is null ? 1 : 0;
        }

        // Two at each account, since the address had used up its failures.
        Assert.Equal(500, heard);
        await Task.WhenAll(tokens.Select(known => SignInAsync(system, known.email, School, "browser", known.AccessToken)));
        await Task.WhenAll(spared.Select(email => SignInAsync(system, email, School, "browser")));
        var waited = TimeSpan.Zero;
        foreach (var email in fresh)
        {
            var wait = await GuessAsync(system, email, School, "browser", AuthSystem.Password);
            waited += wait ?? TimeSpan.Zero;
            if (wait is { } told)
                await WaitAsync(system, told, () => GuessAsync(system, email, School, "browser", AuthSystem.Password), () => { });
        }

        Assert.InRange(waited, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    private static async Task<List<string>> CreateSchoolAsync(AuthSystem system, int pupils)
    {
        var hash = (await system.Internal().HashPasswordsAsync(new HashPasswordsRequest { Passwords = { AuthSystem.Password } })).Hashes.Single();
        var all = Enumerable.Range(0, pupils).Select(i => new Credentials { UserId = Guid.NewGuid().ToString(), Email = $"pupil{i}@example.org", PasswordHash = hash }).ToList();
        foreach (var pupil in all)
            system.Users.Set(Guid.Parse(pupil.UserId), Api.V1.Role.Student);
        await system.Internal().SetCredentialsAsync(new SetCredentialsRequest { Credentials = { all } }, AuthSystem.Message());
        return all.ConvertAll(pupil => pupil.Email);
    }

    // Who waits as long as was told is heard.
    private static async Task WaitAsync(AuthSystem system, TimeSpan told, Func<Task<TimeSpan?>> again, Action heard)
    {
        system.Time.Advance(told);
        Assert.Null(await again());
        heard();
    }

    /// <summary>The time to wait when the guess is not even looked at.</summary>
    private static async Task<TimeSpan?> GuessAsync(AuthSystem system, string email, string address, string program, string password = "wrong password")
    {
        try
        {
            await SignInAsync(system, email, address, program, password: password);
            return null;
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.Unauthenticated)
        {
            return null;
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted)
        {
            return refused.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan();
        }
    }

    private static async Task<LoginResponse> SignInAsync(AuthSystem system, string email, string address, string program, string? token = null, string password = AuthSystem.Password) =>
        await AuthSystem.Client(system.Host, token).LoginAsync(
            new LoginRequest { Email = email, Password = password }, new Metadata { { "x-forwarded-for", address }, { "shtp-user-agent", program } });
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>One kind of work, done again and again, that remembers what it was promised.</summary>
internal abstract class Load : IAsyncDisposable
{
    protected static readonly TimeSpan Settle = TimeSpan.FromSeconds(60);

    // What is between a right that is taken and the gateway that refuses.
    private static readonly string[] OfRights = ["auth", "gateway", "postgres"];

    // A second, and what a machine that has too much to do adds to it.
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(5);

    protected Load(ApiClient admin, int seed)
    {
        (Admin, Random) = (admin, new Random(seed));
        Client = new PatientClient(Random);
    }

    /// <summary>How many steps were done.</summary>
    public int Steps { get; private set; }

    public int Repetitions => Client.Repetitions;

    /// <summary>What took longest because it had to be repeated.</summary>
    public IEnumerable<string> LongestWaits => Client.Waits.OrderByDescending(wait => wait.Value).Take(3).Select(wait => $"{GetType().Name} {wait.Value:0} s: {wait.Key}");

    /// <summary>What was answered with 200 and stays, in order.</summary>
    public ConcurrentQueue<Promise> Promises { get; } = new();

    /// <summary>What is broken meanwhile; null when nothing is.</summary>
    public Faults? Faults { get; set; }

    protected ApiClient Admin { get; }

    protected Random Random { get; }

    protected PatientClient Client { get; }

    /// <summary>Makes the people that it needs, before anything is broken.</summary>
    public abstract Task PrepareAsync();

    /// <summary>Works until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (; !stop.IsCancellationRequested; Steps++)
            await StepAsync();
    }

    /// <summary>Looks whether everything that was answered with 200 is there once, after the end of all faults.</summary>
    public abstract Task VerifyAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected abstract Task StepAsync();

    protected async Task<string> CreateGroupAsync() =>
        (string)(await Client.CallAsync(Admin, HttpMethod.Put, "/api/v1/groups", PatientClient.Json(new { name = $"Chaos {Guid.NewGuid():N}", color = "#3776ab" })))["uuid"]!;

    protected async Task<Person> CreateAsync(string group, string role = "student")
    {
        var email = School.UniqueEmail();
        var body = new { email, password = School.Password, firstName = "Ada", lastName = "Lovelace", role, groupId = group, learningClass = 10 };
        var id = (string)(await Client.CallAsync(Admin, HttpMethod.Put, "/api/v1/users", PatientClient.Json(body)))["uuid"]!;
        return await SignInAsync(new Person(id, email, School.Password, new ApiClient(Admin.Http)));
    }

    /// <summary>Until it works: credentials reach Auth a little later than the answer when something was down.</summary>
    protected async Task<Person> SignInAsync(Person person)
    {
        Answer? answer = null;
        await Eventually.HoldsAsync(async () =>
        {
            answer = await Client.CallAsync(new ApiClient(Admin.Http), HttpMethod.Post, "/api/v1/auth/login",
                PatientClient.Json(new { email = person.Email, password = person.Password }), HttpStatusCode.Unauthorized);
            return answer.Status == HttpStatusCode.OK;
        }, $"{person.Email} signs in", Settle);
        return person with { Client = new ApiClient(Admin.Http, (string)answer!["accessToken"]!), RefreshToken = (string)answer["refreshToken"]! };
    }

    /// <summary>
    /// The token is refused promptly, and never accepted again. Where the news cannot reach the gateway, or its
    /// process has just begun, it takes as long as that.
    /// </summary>
    protected async Task RefusedAsync(ApiClient former, string path, string what)
    {
        var taken = Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync(async () =>
        {
            // When it was sent, not when it was answered: a slow answer is no right that lasts.
            var sent = Stopwatch.GetElapsedTime(taken);
            var isRefused = await IsRefusedAsync(former, path);
            Assert.True(isRefused || sent < Prompt || Faults?.HaveHit(taken, OfRights) == true, $"{what}, {sent} after it was taken");
            return isRefused;
        }, what, Settle);
        Assert.True((await Client.CallAsync(former, HttpMethod.Get, path, null, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden)).Status != HttpStatusCode.OK, what);
    }

    private async Task<bool> IsRefusedAsync(ApiClient former, string path) =>
        (await Client.CallAsync(former, HttpMethod.Get, path, null, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden)).Status != HttpStatusCode.OK;
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Npgsql;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>
/// The system with the limits of sign-ins that a school has. Time is more and a hash is less, since a test may have a part of two
/// processors: what those do in a given time is no question of who is refused.
/// </summary>
public sealed class LimitedSystem : RunningSystem
{
    protected override void Configure(IDistributedApplicationTestingBuilder builder)
    {
        var database = builder.CreateResourceBuilder(builder.Resources.OfType<IResourceWithConnectionString>().Single(resource => resource.Name == "authdb"));
        // An eighth of the memory, and as much of the minute and a half that a call may take here as of the ten seconds elsewhere.
        builder.CreateResourceBuilder<ProjectResource>("auth")
            .WithEnvironment("Auth__Hashing__MemoryKib", "2432")
            .WithEnvironment("Auth__Hashing__QueueLimit", "00:00:55")
            .WithEnvironment("ConnectionStrings__authdb", ReferenceExpression.Create($"{database.Resource};Timeout=55"));
        builder.CreateResourceBuilder<ProjectResource>("gateway").WithEnvironment("Gateway__Transcoding__Timeout", "00:01:30");
    }
}

/// <summary>The first lesson of the year: a whole school behind one address, and somebody in it who does not want it to begin.</summary>
[Collection(OwnSystem.Name)]
public sealed class FirstLessonTests(LimitedSystem system) : IClassFixture<LimitedSystem>
{
    private const int Pupils = 300;
    private const int Typists = 20;
    private const int Absent = 10;

    // What one computer has open at a time: on a machine that answers slowly it asks less often too.
    private const int Connections = 300;

    private static readonly TimeSpan BetweenCalls = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task SignIn_OfThreeHundredAtOnceBesideAnAttacker_RefusesNobody()
    {
        var emails = await ImportPupilsAsync(Absent + Pupils);
        var (absent, pupils) = (emails[..Absent], emails[Absent..]);
        await using var attacker = new Attacker(system, absent, pupils[Typists..]);
        await attacker.BeginAsync();

        var answers = await Task.WhenAll(pupils.Select((email, i) => SignInAsync(email, mistypes: i < Typists)));

        TestContext.Current.TestOutputHelper?.WriteLine($"longest {answers.Max(answer => answer.Took).TotalSeconds:0.0} s; the attacker: {await attacker.EndAsync()}");
        Assert.Equal([(HttpStatusCode.OK, Pupils)], answers.CountBy(answer => answer.Status).Select(count => (count.Key, count.Value)));
    }

    /// <summary>What was refused is heard after the time that it was told.</summary>
    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.UnprocessableEntity)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task SignIn_OfARefusedAttacker_IsHeardWhenItWasTold(string? body, HttpStatusCode heard)
    {
        body ??= $$"""{"email":"{{School.UniqueEmail()}}","password":"wrong password"}""";
        for (var i = 0; i < 3; i++)
        {
            var answer = await PostAsync(body);
            for (var again = 0; again < 500 && answer.Status == heard; again++)
                answer = await PostAsync(body);
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status);
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value, TestContext.Current.CancellationToken);
            Assert.Equal(heard, (await PostAsync(body)).Status);
        }
    }

    private async Task<List<string>> ImportPupilsAsync(int count)
    {
        var admin = await system.AdminAsync();
        var name = $"Group {Guid.NewGuid():N}";
        (await admin.PutAsync("/api/v1/groups", new { name, color = "#3776ab" })).Ok();
        var emails = Enumerable.Range(0, count).Select(_ => School.UniqueEmail()).ToList();
        // As many as a slow machine hashes in the time of a call.
        foreach (var some in emails.Chunk(10))
        {
            var csv = string.Join('\n', ["firstName,lastName,email,role,password,learningClass,groupName", .. some.Select(email => $"Ada,Lovelace,{email},student,{School.Password},10,{name}")]);
            var imported = (await admin.UploadAsync(HttpMethod.Put, "/api/v1/users/csv", "csv_file", "pupils.csv", Encoding.UTF8.GetBytes(csv))).Ok();
            Assert.Equal(some.Length, ((JsonArray)imported["users"]).Count);
        }

        await using var database = NpgsqlDataSource.Create(await system.ConnectionStringAsync("authdb"));
        await Eventually.HoldsAsync(async () =>
        {
            await using var known = database.CreateCommand("SELECT count(*) FROM credentials WHERE email = ANY ($1)");
            known.Parameters.Add(new() { Value = emails });
            return (long)(await known.ExecuteScalarAsync())! == count;
        }, "the pupils can sign in", RunningSystem.StepLimit);
        return emails;
    }

    private async Task<(HttpStatusCode Status, TimeSpan Took)> SignInAsync(string email, bool mistypes)
    {
        var begun = Stopwatch.GetTimestamp();
        // A computer of its own, which has never been signed in on.
        var client = system.Anonymous();
        if (mistypes)
            await client.TryLoginAsync(email, "correct house battery");
        return ((await client.TryLoginAsync(email, School.Password)).Status, Stopwatch.GetElapsedTime(begun));
    }

    private Task<Answer> PostAsync(string body) =>
        system.Anonymous().SendAsync(HttpMethod.Post, "/api/v1/auth/login", new StringContent(body, Encoding.UTF8, "application/json"));

    /// <summary>Up to a hundred calls a second: guesses at accounts that do not exist, at each one that does, then at some of them, and what is no request.</summary>
    private sealed class Attacker(LimitedSystem system, List<string> targets, List<string> others) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();
        private readonly TaskCompletionSource _isUnderWay = new();
        private readonly HttpClient _http = system.Anonymous().Http;
        private readonly SemaphoreSlim _connections = new(Connections);
        private Task _attack = Task.CompletedTask;

        /// <summary>Returns when it has been refused.</summary>
        public Task BeginAsync()
        {
            _attack = AttackAsync();
            return _isUnderWay.Task.WaitAsync(RunningSystem.StepLimit);
        }

        public async Task<string> EndAsync()
        {
            await _end.CancelAsync();
            await _attack;
            return string.Join(", ", _answers.OrderBy(count => count.Key).Select(count => $"{(int)count.Key}: {count.Value}"));
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _end.Dispose();
            _connections.Dispose();
        }

        private async Task AttackAsync()
        {
            var calls = new List<Task>();
            using var beat = new PeriodicTimer(BetweenCalls);
            try
            {
                for (var i = 0; await beat.WaitForNextTickAsync(_end.Token); i++)
                {
                    await _connections.WaitAsync(_end.Token);
                    calls.Add(SendAsync((i % 4) switch
                    {
                        0 => i % 8 == 0 ? "{" : "{}",
                        1 => Guess(i / 4 < others.Count ? others[i / 4] : targets[i / 4 % targets.Count]),
                        _ => Guess(School.UniqueEmail()),
                    }));
                }
            }
            catch (OperationCanceledException)
            {
                // The lesson has begun.
            }

            await Task.WhenAll(calls);
        }

        private static string Guess(string email) => $$"""{"email":"{{email}}","password":"{{Guid.NewGuid():N}}"}""";

        private async Task SendAsync(string body)
        {
            try
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await _http.PostAsync("/api/v1/auth/login", content, _end.Token);
                _answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                    _isUnderWay.TrySetResult();
            }
            catch (OperationCanceledException)
            {
                // So does its last call.
            }
            finally
            {
                _connections.Release();
            }
        }
    }
}

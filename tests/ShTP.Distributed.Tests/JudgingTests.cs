using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>
/// From a student's program to its verdict, and what others hear of it. One challenge at a time: every test sets its own,
/// and they run one after the other. <c>SHTP_KILL_ROUNDS</c> makes the last one longer.
/// </summary>
[Collection(OwnSystem.Name)]
public sealed class JudgingTests(JudgingSystem system) : IClassFixture<JudgingSystem>
{
    private const string Sum = "a, b = map(int, input().split())\nprint(a + b)\n";

    private static readonly string[] Victims = ["checker", "assignments", "postgres"];
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Submission_RightAndWrong_GetTheirVerdictsAndTheLeaderboard()
    {
        var admin = await system.AdminAsync();
        var (student, id) = await StudentAsync(admin, await admin.CreateGroupAsync());
        await CreateChallengeAsync(admin);

        var wrong = await JudgedAsync(student, await SubmitAsync(student, "print(3)\n"));
        var right = await JudgedAsync(student, await SubmitAsync(student, "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }\n", "solution.cpp"));
        var broken = await JudgedAsync(student, await SubmitAsync(student, "int main() { return undeclared; }\n", "solution.cpp"));

        Assert.Equal(["accepted", "wrongAnswer"], Verdicts(wrong));
        Assert.Equal(["accepted", "accepted"], Verdicts(right));
        Assert.Equal((false, true), ((bool)wrong["solved"]!, (bool)right["solved"]!));
        Assert.Equal(["compileError", "compileError"], Verdicts(broken));
        Assert.Contains("undeclared", (string)broken["message"]!, StringComparison.Ordinal);
        var leaders = (JsonArray)(await system.Anonymous().GetAsync("/api/v1/assigments/tasks/challenge/leaderboard")).Ok().Json!;
        Assert.Contains(id, Assert.Single(leaders)!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submission_OfAHostileProgram_EndsAndHarmsNobody()
    {
        var admin = await system.AdminAsync();
        var (student, _) = await StudentAsync(admin, await admin.CreateGroupAsync());
        await CreateChallengeAsync(admin);

        var greedy = await SubmitAsync(student, "import os\nwhile True: os.fork()\n");
        var curious = await SubmitAsync(student, "print(open('/etc/passwd').read())\n");
        var honest = await SubmitAsync(student, Sum);

        Assert.DoesNotContain("accepted", Verdicts(await JudgedAsync(student, greedy)));
        Assert.Equal(["runtimeError", "runtimeError"], Verdicts(await JudgedAsync(student, curious)));
        Assert.Equal(["accepted", "accepted"], Verdicts(await JudgedAsync(student, honest)));
    }

    /// <summary>What a program can choose by what it reads, and whether its teacher sees the difference.</summary>
    private static readonly Dictionary<string, bool> Channels = new()
    {
        ["os._exit(byte)"] = false,
        ["os._exit(200 + byte % 7)"] = true,
        ["os.kill(os.getpid(), signal.SIGSEGV if byte % 2 else signal.SIGABRT)"] = true,
        ["raise (KeyError if byte % 2 else ValueError)"] = true,
        ["raise Exception('x' * byte)"] = false,
        ["sys.stderr.write('x' * byte)"] = false,
        ["print('x' * byte)"] = false,
        ["held = bytearray(byte * 200_000)"] = true,
        ["while time.process_time() < byte * 0.005: pass"] = true,
        ["time.sleep(byte * 0.01)"] = false,
    };

    [Fact]
    public async Task HiddenTest_WhateverAProgramDoesWithIt_LooksTheSameToItsStudent()
    {
        var admin = await system.AdminAsync();
        var (student, _) = await StudentAsync(admin, await admin.CreateGroupAsync());
        var submitted = new List<(string Channel, string Id)>();
        foreach (var hidden in "!~")
        {
            (await admin.PutAsync("/api/v1/assigments/tasks", new
            {
                title = "Эхо",
                text = "<p>Повтори.</p>",
                timeLimit = 1,
                memoryLimit = 64,
                dayChallenge = true,
                tests = new[] { new { input = "0", output = "0", demo = true }, new { input = $"{hidden}", output = "secret", demo = false } },
            })).Ok();
            foreach (var channel in Channels.Keys)
                submitted.Add((channel, await SubmitAsync(student, $"import os, signal, sys, time\nbyte = ord(input())\nif byte == 48: print(0)\nelse: {Statement(channel)}\n")));
        }

        foreach (var pair in submitted.GroupBy(one => one.Channel, one => one.Id))
        {
            var seen = new List<string>();
            var known = new List<string>();
            foreach (var id in pair)
            {
                seen.Add(Visible(await JudgedAsync(student, id)));
                known.Add(Visible((await admin.GetAsync($"/api/v1/assigments/tasks/submit/{id}")).Ok().Json!));
            }

            Assert.True(seen[0] == seen[1], $"{pair.Key}: {seen[0]} {seen[1]}");
            if (Channels[pair.Key])
                Assert.True(known[0] != known[1], $"{pair.Key} carries nothing: {known[0]}");
        }

        // The visible test may differ from run to run: what it uses is measured.
        static string Visible(JsonNode submit)
        {
            var answer = submit.DeepClone().AsObject();
            foreach (var ofTheCall in (string[])["uuid", "taskId", "created_at", "updated_at", "source"])
                Assert.True(answer.Remove(ofTheCall), ofTheCall);
            Assert.False((bool)answer["testsResults"]![0]!["hidden"]!);
            answer["testsResults"]!.AsArray().RemoveAt(0);
            return answer.ToJsonString();
        }
    }

    private static string Statement(string channel) => channel.StartsWith("while", StringComparison.Ordinal) ? $"\n    {channel}" : channel;

    [Fact]
    public async Task Contest_JudgedFromARepository_GivesMarksAndANotification()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var (student, id) = await StudentAsync(admin, group);
        var sum = await CreateTaskAsync(admin, challenge: false);
        var function = (string)(await admin.PutAsync("/api/v1/assigments/tasks", new
        {
            title = "Удвоение",
            text = "<p>Верни список, где каждое число удвоено.</p>",
            timeLimit = 2,
            memoryLimit = 64,
            functionName = "twice",
            testsTypes = new { input = new[] { "list[int]" }, output = new[] { "list[int]" } },
            tests = new[] { new { input = "[1, 2]", output = "[2, 4]" }, new { input = "[]", output = "[]" } },
        })).Ok()["uuid"]!;
        var contest = (string)(await admin.PutAsync("/api/v1/assigments/contests", new
        {
            title = "Основы",
            description = "Две задачи",
            tasks = new[] { sum, function },
            forGroups = new[] { group },
            forLearningClass = 10,
            deadline = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
            mark5 = 2,
            mark4 = 1,
            mark3 = 1,
        })).Ok()["uuid"]!;
        await using var live = new EventStream(student);
        await live.OpenAsync(after: 0);
        var commit = system.Git.Commit($"school/{id}", ("task1.py", Sum), ("twice.py", "def twice(numbers):\n    return [2 * n for n in numbers]\n"));

        (await student.SendAsync(HttpMethod.Post, "/api/v1/assigments/contests/submit", new { contest, githubLink = $"https://{GitServer.Host}/school/{id}", language = "py" })).Ok();

        await Eventually.HoldsAsync(() => Task.FromResult(live.Received.Any(one => one.Type == 4 && ((string)one.Data["text"]!).Contains("Основы", StringComparison.Ordinal))), "the result is told", Settle);
        var solved = (await student.GetAsync($"/api/v1/assigments/contest/{contest}/solved")).Ok();
        Assert.Equal(new[] { sum, function }.Order(), ((JsonArray)solved["solved"]).Select(task => (string)task!).Order());
        var statistics = (await admin.GetAsync($"/api/v1/assigments/contest/{contest}/statistics")).Ok();
        var result = Assert.Single((JsonArray)statistics["students"]!)!;
        Assert.Equal((id, 2, 5), ((string)result["userId"]!, (int)result["solvedCount"]!, (int)result["mark"]!));
        var submit = Assert.Single((JsonArray)(await student.GetAsync($"/api/v1/assigments/contests/{contest}/task/{function}/submits")).Ok().Json!)!;
        Assert.Equal(commit, (string)submit["gitCommitId"]!);
    }

    [Fact]
    public async Task Contest_OfARepositoryThatIsNotThere_IsRefusedWithAReason()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var (student, id) = await StudentAsync(admin, group);
        var sum = await CreateTaskAsync(admin, challenge: false);
        var contest = (string)(await admin.PutAsync("/api/v1/assigments/contests", new
        {
            title = "Пусто",
            description = "Одна задача",
            tasks = new[] { sum },
            forGroups = new[] { group },
            forLearningClass = 10,
            deadline = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
            mark5 = 1,
            mark4 = 1,
            mark3 = 1,
        })).Ok()["uuid"]!;

        (await student.SendAsync(HttpMethod.Post, "/api/v1/assigments/contests/submit", new { contest, githubLink = $"https://{GitServer.Host}/school/{id}", language = "py" })).Ok();

        JsonNode? submit = null;
        await Eventually.HoldsAsync(async () =>
        {
            submit = Assert.Single((JsonArray)(await student.GetAsync($"/api/v1/assigments/contests/{contest}/task/{sum}/submits")).Ok().Json!);
            return (int)submit!["status"]! == 2;
        }, "the submission is checked", Settle);
        Assert.Equal(["notRun", "notRun"], Verdicts(submit!));
        Assert.StartsWith("Репозиторий не удалось загрузить", (string)submit!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judging_KilledAtRandomPoints_GivesEachSubmissionOneVerdict()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("SHTP_KILL_ROUNDS") ?? "20", CultureInfo.InvariantCulture);
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var admin = await system.AdminAsync();
        await CreateChallengeAsync(admin);
        var (student, _) = await StudentAsync(admin, await admin.CreateGroupAsync());
        var submissions = new List<(string Id, bool IsRight)>();

        for (var round = 0; round < rounds; round++)
        {
            var isRight = random.Next(2) == 0;
            submissions.Add((await SubmitAsync(student, isRight ? Sum : "print(3)\n"), isRight));
            var victim = Victims[random.Next(Victims.Length)];
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(700))); // the random point, not a wait for something
            await system.KillAsync(victim);
            await system.ReviveAsync(victim);
        }

        foreach (var (id, isRight) in submissions)
            Assert.Equal(isRight ? ["accepted", "accepted"] : (string[])["accepted", "wrongAnswer"], Verdicts(await JudgedAsync(student, id)));
        await using var source = Npgsql.NpgsqlDataSource.Create(await system.ConnectionStringAsync("assignmentsdb"));
        await using var unfinished = source.CreateCommand("SELECT count(*) FROM work WHERE state < 2");
        Assert.Equal(0L, await unfinished.ExecuteScalarAsync());
    }

    private static string[] Verdicts(JsonNode submit) => [.. ((JsonArray)submit["testsResults"]!).Select(test => (string)test!["verdict"]!)];

    private static Task<string> CreateChallengeAsync(ApiClient staff) => CreateTaskAsync(staff, challenge: true);

    // Two equal ones within half a minute would be one task, and the challenge that of another test.
    private static async Task<string> CreateTaskAsync(ApiClient staff, bool challenge) => (string)(await staff.PutAsync("/api/v1/assigments/tasks", new
    {
        title = $"Сумма {Guid.NewGuid():N}",
        text = "<p>Сложи два числа.</p>",
        timeLimit = 2,
        memoryLimit = 64,
        dayChallenge = challenge,
        tests = new[] { new { input = "1 2", output = "3", demo = true }, new { input = "20 22", output = "42", demo = false } },
    })).Ok()["uuid"]!;

    private static async Task<string> SubmitAsync(ApiClient student, string source, string fileName = "solution.py")
    {
        // What is killed may be what answers: a program that got no answer is sent again, as a student would.
        Answer? answer = null;
        await Eventually.HoldsAsync(async () =>
        {
            answer = await student.UploadAsync(HttpMethod.Post, "/api/v1/assigments/tasks/challenge/submit", "source", fileName, Encoding.UTF8.GetBytes(source));
            return (int)answer.Status is not (>= 500 or 429);
        }, "the program is taken", Settle);
        return (string)answer!.Ok()["uuid"]!;
    }

    private static async Task<JsonNode> JudgedAsync(ApiClient student, string id)
    {
        JsonNode? submit = null;
        await Eventually.HoldsAsync(async () =>
        {
            submit = (await student.GetAsync($"/api/v1/assigments/tasks/submit/{id}")).Ok().Json;
            return (int)submit!["status"]! == 2;
        }, "the program is judged", Settle);
        return submit!;
    }

    private async Task<(ApiClient Client, string Id)> StudentAsync(ApiClient admin, string group)
    {
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(group, email);
        return (await system.Anonymous().LoginAsync(email, School.Password), id);
    }
}

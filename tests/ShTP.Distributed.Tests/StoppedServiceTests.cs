using System.Diagnostics;
using System.Net;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>A service that hangs: its process is stopped, so it takes connections and answers nothing.</summary>
[Collection(ShakenSystem.Name)]
public sealed class StoppedServiceTests(RunningSystem system)
{
    // More than the slots of any lane.
    private const int Deletions = 30;
    private const int Points = 3;

    // A second, and what a machine that is busy with other tests adds to it.
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(60);

    // On a machine that is busy with other tests everything takes longer, with or without the service that is stopped.
    private const int Busy = 3;

    // Whoever waited in vain for the stopped one in a row of calls would take longer: two or three seconds for each of them.
    private static readonly TimeSpan Normal = TimeSpan.FromSeconds(5);

    /// <summary>A read that each service answers for itself; the checker has none.</summary>
    private static readonly Dictionary<string, string> Reads = new()
    {
        ["auth"] = "/api/v1/auth/sessions",
        ["users"] = "/api/v1/groups",
        ["files"] = "/api/v1/files/usage",
        ["achievements"] = "/api/v1/achievements/queue",
        ["events"] = "/api/v1/events/upcoming",
        ["notifications"] = "/api/v1/notifications/unread",
        ["assignments"] = "/api/v1/assigments/tasks",
    };

    /// <summary>How long each step took before the service was stopped.</summary>
    private readonly Dictionary<string, TimeSpan> _usual = [];

    [Theory]
    [InlineData("files")]
    [InlineData("achievements")]
    [InlineData("events")]
    [InlineData("notifications")]
    [InlineData("assignments")]
    [InlineData("checker")]
    public async Task OneService_Stopped_RightsAreTakenAndTheRestWorksAsAlways(string name)
    {
        if (name == "checker")
        {
            MissingTool.SkipWithout(("bwrap", "bubblewrap"), ("g++", "g++"), ("python3", "python3"), ("git", "git"));
            await system.HealthyAsync(name, RunningSystem.StartLimit);
        }

        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var pupils = new List<string>();
        for (var i = 0; i <= Deletions; i++)
            pupils.Add(await admin.CreateUserAsync(group, School.UniqueEmail()));
        var (teacherId, teacherEmail, teacher) = await ComeAsync(admin, group, "teacher");
        var (goneId, _, gone) = await ComeAsync(admin, group);
        var (_, _, winner) = await ComeAsync(admin, group);
        string[] achievements = [await HandInAsync(winner), await HandInAsync(winner)];
        await DeleteAsync(admin, pupils[0]);
        await ChangeRoleAsync(admin, teacherId, "student");
        await ChangeRoleAsync(admin, teacherId, "teacher");
        teacher = await system.Anonymous().LoginAsync(teacherEmail, School.Password);
        await SignInNewAsync(admin, group);
        await ReadAsync(admin, except: "");
        await DecideAsync(admin, achievements[0]);
        await WinsAsync(winner, Points);
        var process = await system.StopAsync(name);
        try
        {
            foreach (var pupil in pupils.Skip(1))
                await DeleteAsync(admin, pupil);

            await ChangeRoleAsync(admin, teacherId, "student");
            await Eventually.HoldsAsync(async () => (await teacher.GetAsync("/api/v1/groups")).Status == HttpStatusCode.Forbidden, "the teacher is none any more", Prompt);
            await DeleteAsync(admin, goneId);
            await Eventually.HoldsAsync(async () => (await gone.GetAsync("/api/v1/auth/me")).Status == HttpStatusCode.Unauthorized, "the deleted pupil is out", Prompt);

            await SignInNewAsync(admin, group);
            await ReadAsync(admin, except: name);

            if (name != "achievements")
            {
                await DecideAsync(admin, achievements[1]);
                await WinsAsync(winner, Points * 2);
            }
        }
        finally
        {
            await RunningSystem.SignalAsync(process, "CONT");
        }

        if (Reads.TryGetValue(name, out var read))
            await Eventually.HoldsAsync(async () => (await admin.GetAsync(read)).Status == HttpStatusCode.OK, $"{name} answers again", Settle);
    }

    private static async Task<string> HandInAsync(ApiClient pupil) =>
        (string)(await pupil.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends($"Победа {Guid.NewGuid():N}", Achievements.Pdf))).Ok()["uuid"]!;

    private Task DeleteAsync(ApiClient admin, string user) => AsUsualAsync("a deletion", async () => (await admin.DeleteAsync($"/api/v1/users/{user}")).Ok());

    private Task ChangeRoleAsync(ApiClient admin, string user, string role) =>
        AsUsualAsync("a change of role", async () => (await admin.PatchAsync("/api/v1/users", new { uuid = user, admin = new { role } })).Ok());

    private Task DecideAsync(ApiClient admin, string achievement) =>
        AsUsualAsync("a decision", async () => (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid = achievement, status = 1, points = Points })).Ok());

    private Task WinsAsync(ApiClient pupil, int points) => AsUsualAsync("the way of points", () =>
        Eventually.HoldsAsync(async () => (int)(await pupil.GetAsync("/api/v1/auth/me")).Ok()["rating"]! == points, "the points have come", Settle));

    private Task SignInNewAsync(ApiClient admin, string group) => AsUsualAsync("a new pupil's sign-in", () => ComeAsync(admin, group));

    private async Task ReadAsync(ApiClient admin, string except)
    {
        foreach (var (service, path) in Reads.Where(read => read.Key != except))
            await AsUsualAsync($"a read from {service}", async () => (await admin.GetAsync(path)).Ok());
    }

    private async Task AsUsualAsync(string what, Func<Task> step)
    {
        var clock = Stopwatch.StartNew();
        await step();
        var elapsed = clock.Elapsed;
        if (_usual.TryAdd(what, elapsed))
            return;
        var limit = Normal + Busy * _usual[what];
        Assert.True(elapsed < limit, $"{what} took {elapsed}, before the service was stopped {_usual[what]}");
    }

    private async Task<(string Id, string Email, ApiClient Client)> ComeAsync(ApiClient admin, string group, string role = "student")
    {
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(group, email, role);
        return (id, email, await system.Anonymous().LoginAsync(email, School.Password));
    }
}

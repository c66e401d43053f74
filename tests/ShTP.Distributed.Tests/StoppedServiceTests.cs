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

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Notifications_Stopped_RightsAreTakenAndPeopleSignInAsAlways()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var pupils = new List<string>();
        for (var i = 0; i < Deletions; i++)
            pupils.Add(await admin.CreateUserAsync(group, School.UniqueEmail()));
        var (teacherEmail, goneEmail) = (School.UniqueEmail(), School.UniqueEmail());
        var teacherId = await admin.CreateUserAsync(group, teacherEmail, "teacher");
        var goneId = await admin.CreateUserAsync(group, goneEmail);
        var teacher = await system.Anonymous().LoginAsync(teacherEmail, School.Password);
        var gone = await system.Anonymous().LoginAsync(goneEmail, School.Password);
        var process = await system.StopAsync("notifications");
        try
        {
            foreach (var pupil in pupils)
                (await admin.DeleteAsync($"/api/v1/users/{pupil}")).Ok();

            (await admin.PatchAsync("/api/v1/users", new { uuid = teacherId, admin = new { role = "student" } })).Ok();
            await Eventually.HoldsAsync(async () => (await teacher.GetAsync("/api/v1/groups")).Status == HttpStatusCode.Forbidden, "the teacher is none any more", Second);
            (await admin.DeleteAsync($"/api/v1/users/{goneId}")).Ok();
            await Eventually.HoldsAsync(async () => (await gone.GetAsync("/api/v1/achievements")).Status == HttpStatusCode.Unauthorized, "the deleted pupil is out", Second);

            var email = School.UniqueEmail();
            var clock = Stopwatch.StartNew();
            await admin.CreateUserAsync(group, email);
            await system.Anonymous().LoginAsync(email, School.Password);
            // Waiting for Auth in vain, a creation alone takes three.
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3), $"somebody new signed in after {clock.Elapsed}");
        }
        finally
        {
            await RunningSystem.SignalAsync(process, "CONT");
        }

        await Eventually.HoldsAsync(async () => (await admin.GetAsync("/api/v1/notifications")).Status == HttpStatusCode.OK, "notifications answers again", Settle);
    }
}

// The tour of the README with a client that NSwag made from /openapi.json, compiled with it by
// tests/ShTP.Distributed.Tests/ClientTests.cs.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using ShTP.Client;

namespace ShTP.Tour;

public sealed class Tour(Uri address, string picture)
{
    private readonly List<string> _told = [];

    public async System.Threading.Tasks.Task<List<string>> MakeAsync(string adminEmail, string adminPassword)
    {
        using var admin = await SignInAsync(adminEmail, adminPassword);
        var (users, groups) = (new UsersClient(admin), new UsersClient(admin));
        Tell($"me: {(await users.GetMeAsync()).Role}");

        var group = await groups.CreateGroupAsync(new CreateGroupRequest { Name = $"NSwag {Guid.NewGuid()}", Color = "#512bd4" });
        var (email, password) = ($"s{Guid.NewGuid():N}@school.test", "correct horse battery");
        var created = await users.CreateUserAsync(new CreateUserRequest
        {
            Email = email,
            Password = password,
            FirstName = "Ada",
            LastName = "Lovelace",
            Role = Role.Student,
            GroupId = group.Uuid,
            LearningClass = 10,
        });
        Tell($"created: {created.FirstName} {created.LastName}, class {created.LearningClass}, group {created.Group?.Name == group.Name}");
        Tell($"found: {(await users.SearchUsersAsync(email)).Single().Uuid == created.Uuid}");

        try
        {
            await users.CreateUserAsync(new CreateUserRequest { Email = "nonsense", Password = "", FirstName = "", LastName = "" });
        }
        catch (ApiException<Problem> refused)
        {
            Tell($"refused: {refused.StatusCode} {refused.Result.Errors?.Any(fault => fault.Field == "email")}");
        }

        try
        {
            await SignInAsync(email, "wrong");
        }
        catch (ApiException<Problem> refused)
        {
            Tell($"wrong password: {refused.StatusCode} {refused.Result.Code} {refused.Result.Detail}");
        }

        using var ada = await SignInAsync(email, password);
        using (var file = File.OpenRead(picture))
            await new UsersClient(ada).SetAvatarAsync(avatar: new FileParameter(file, "picture.png", "image/png"));
        var events = new EventsClient(admin);
        var planned = await events.CreateEventAsync(new CreateEventRequest
        {
            Title = "Hackathon",
            StartsAt = At(DateTime.UtcNow.AddDays(1)),
            EndsAt = At(DateTime.UtcNow.AddDays(2)),
            Seats = 1,
            ForGroups = [group.Uuid],
        });
        var mine = new EventsClient(ada);
        Tell($"registered: {(await mine.RegisterAsync(planned.Uuid, new RegisterRequest())).Status}, {(await mine.GetEventAsync(planned.Uuid)).Registration?.Place}");

        var task = await new AssignmentsClient(admin).CreateTaskAsync(new CreateTaskRequest
        {
            Title = "A plus B",
            Text = "<p>Print the sum.</p>",
            TimeLimit = 1,
            MemoryLimit = 64,
            Tests = [new TaskTestInput { Input = "1 2", Output = "3", Demo = true }],
        });
        Tell($"task: {task.Checker}, {(await new AssignmentsClient(ada).GetTaskAsync(task.Uuid)).Tests.Count} test, function {task.FunctionName ?? "none"}");

        var notifications = new NotificationsClient(admin);
        await notifications.CreateNotificationAsync(new CreateNotificationRequest { ToUser = created.Uuid, Type = 4, Data = new { text = "Hello" } });
        Tell($"notified: {(await new NotificationsClient(ada).ListUnreadAsync()).Count > 0}");
        await ReadEverythingAsync(admin);
        await ReadEverythingAsync(ada);

        await events.CancelEventAsync(planned.Uuid, new CancelEventRequest { Reason = "Over" });
        await users.DeleteUserAsync(created.Uuid);
        await groups.DeleteGroupAsync(group.Uuid);
        Tell("done");
        return _told;
    }

    // Lists of many kinds, with what the other tests left: the client throws when an answer is not what the document says.
    private static async System.Threading.Tasks.Task ReadEverythingAsync(HttpClient http)
    {
        await new UsersClient(http).GetMeAsync();
        await new UsersClient(http).GetLeaderboardAsync(limit: 100);
        await new AuthClient(http).ListSessionsAsync();
        await new AuthClient(http).ListMyAppsAsync();
        await new AuthClient(http).ListConsentsAsync();
        await new AchievementsClient(http).ListAchievementsAsync();
        await new AchievementsClient(http).ListPendingAsync();
        await new NotificationsClient(http).ListNotificationsAsync();
        await new NotificationsClient(http).CountNotificationsAsync();
        await new NotificationsClient(http).ListBannersAsync();
        await new EventsClient(http).ListUpcomingAsync();
        await new EventsClient(http).ListPastAsync();
        await new EventsClient(http).ListMineAsync();
        await new EventsClient(http).ListSchoolEventsAsync();
        await new AssignmentsClient(http).SearchTasksAsync("a");
        await new AssignmentsClient(http).ListAvailableAsync();
        await new FilesClient(http).GetUsageAsync();
    }

    private async System.Threading.Tasks.Task<HttpClient> SignInAsync(string email, string password)
    {
        using var anonymous = new HttpClient { BaseAddress = address };
        var tokens = await new AuthClient(anonymous).LoginAsync(new LoginRequest { Email = email, Password = password });
        return new HttpClient { BaseAddress = address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken) } };
    }

    private static string At(DateTime time) => time.ToString("s");

    private void Tell(string line) => _told.Add(line);
}

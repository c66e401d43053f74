using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>What students come for, across all services: achievements, notifications, events, and all data of one person.</summary>
[Collection(CalmSystem.Name)]
public sealed class SchoolLifeTests(RunningSystem system)
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Achievement_AcceptedByATeacher_GivesPointsNotificationAndZip()
    {
        var (admin, student, id) = await NewStudentAsync();
        var handedIn = (await student.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends("Олимпиада", Achievements.Pdf))).Ok();
        Assert.Null(handedIn.Json!["User"]);
        Assert.Equal("olimpiad", (string)handedIn["eventType"]!);
        var uuid = (string)handedIn["uuid"]!;
        Assert.Equal(id, (string)(await QueuedAsync(admin, uuid))["User"]!["uuid"]!);

        for (var i = 0; i < 2; i++) // a second click changes nothing
            Assert.Equal("null", (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid, status = 1, points = 30 })).Ok().Text);

        await Eventually.HoldsAsync(async () => (int)(await student.GetAsync("/api/v1/auth/me")).Ok()["rating"]! == 30, "the points are on the profile", Settle);
        await Eventually.HoldsAsync(async () => (bool)(await student.GetAsync("/api/v1/auth/me")).Ok()["newNotifications"]!, "there is a notification", Settle);
        var notification = Assert.Single((JsonArray)(await student.GetAsync("/api/v1/notifications")).Ok().Json!)!;
        Assert.Equal((0, "Олимпиада", 30), ((int)notification["type"]!, (string)notification["data"]!["name"]!, (int)notification["data"]!["points"]!));
        Assert.Empty((JsonArray)(await student.GetAsync("/api/v1/notifications")).Ok().Json!);
        var accepted = Assert.Single((JsonArray)(await student.GetAsync("/api/v1/achievements")).Ok().Json!)!;
        Assert.Equal(30, (int)accepted["points"]!);
        Assert.Equal((string)accepted["acceptedAt"]!, (string)accepted["accepted_at"]!);

        using var attachment = await student.Http.GetAsync($"/storage/achievements/{(string)accepted["attachmentName"]!}");
        Assert.Equal(Achievements.Pdf, await attachment.Content.ReadAsByteArrayAsync());
        using var unsigned = await student.Http.GetAsync($"/storage/achievements/{((string)accepted["attachmentName"]!).Split('?')[0]}");
        Assert.InRange((int)unsigned.StatusCode, 400, 404);

        var zip = await DownloadAsync(student, "/api/v1/achievements/export", "application/x-zip-compressed");
        Assert.Contains("Олимпиада", await TextAsync(zip, "achievements.md"), StringComparison.Ordinal);
        Assert.Equal(2, zip.Entries.Count);
    }

    [Fact]
    public async Task Achievement_RejectedAndHandedInAgainByAndroid_IsDecidedAnew()
    {
        var (admin, student, _) = await NewStudentAsync();
        var uuid = (string)(await student.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsAndroidSends("Хакатон", Achievements.Pdf))).Ok()["uuid"]!;

        (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid, status = 0, reason = "Не видно имени" })).Ok();
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid, status = 1, points = 5 })).Status);
        var rejected = Assert.Single((JsonArray)(await student.GetAsync("/api/v1/achievements/rejected")).Ok().Json!)!;
        Assert.Equal("Не видно имени", (string)rejected["reason"]!);
        (await student.SendAsync(HttpMethod.Patch, $"/api/v1/achievements/{uuid}", Achievements.AsReactSends("Хакатон 2026", null))).Ok();
        (await admin.GetAsync("/api/v1/achievements/queue")).Ok();
        (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid, status = 1, points = 5 })).Ok();

        await Eventually.HoldsAsync(async () =>
            ((JsonArray)(await student.GetAsync("/api/v1/notifications/unread")).Ok().Json!).Select(row => (int)row!["type"]!).Order().SequenceEqual([0, 1]),
            "both decisions are told", Settle);
        var other = await student.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends("Вирус", Achievements.Pdf, "virus.exe"));
        Assert.Equal((HttpStatusCode.BadRequest, "Can't upload such file; Check extension: [pdf, png, jpg, jpeg]"), (other.Status, other.Detail));
    }

    [Fact]
    public async Task Achievement_ChangedWhileATeacherLooksAtIt_IsDecidedWhenTheTeacherHasSeenTheChange()
    {
        var (admin, student, _) = await NewStudentAsync();
        var uuid = (string)(await student.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends("Олимпиада", Achievements.Pdf))).Ok()["uuid"]!;
        Assert.Equal(1, (int)(await QueuedAsync(admin, uuid))["version"]!);
        (await student.SendAsync(HttpMethod.Patch, $"/api/v1/achievements/{uuid}", Achievements.AsReactSends("Всероссийская олимпиада", null))).Ok();

        // As the old clients do it, and as those that know of versions do.
        foreach (var decision in new object[] { new { uuid, status = 1, points = 30 }, new { uuid, status = 1, points = 30, version = 1 } })
        {
            var refused = await admin.PatchAsync("/api/v1/achievements/moderate", decision);
            Assert.Equal((HttpStatusCode.Conflict, "ABORTED"), (refused.Status, (string)refused["code"]!));
            Assert.Equal("The achievement was changed meanwhile, load it again before you decide: another title", refused.Detail);
            Assert.Equal("title", (string)Assert.Single((JsonArray)refused["errors"])!["field"]!);
        }

        Assert.Equal(2, (int)(await QueuedAsync(admin, uuid))["version"]!);
        Assert.Equal("null", (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid, status = 1, points = 30 })).Ok().Text);
        Assert.Equal("null", (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid, status = 1, points = 30, version = 2 })).Ok().Text);
        Assert.Equal("Всероссийская олимпиада", (string)Assert.Single((JsonArray)(await student.GetAsync("/api/v1/achievements")).Ok().Json!)!["title"]!);
    }

    [Fact]
    public async Task Medal_Awarded_IsOnTheProfileAndTold()
    {
        var (admin, student, id) = await NewStudentAsync();
        var medal = (string)(await admin.PutAsync("/api/v1/medals", new { userId = id, kind = "gold", name = "Лучший проект" })).Ok()["uuid"]!;

        await Eventually.HoldsAsync(async () => (int)(await student.GetAsync($"/api/v1/users/{id}")).Ok()["medals"]!["gold"]! == 1, "the medal is counted", Settle);
        await Eventually.HoldsAsync(async () => ((JsonArray)(await student.GetAsync("/api/v1/notifications/unread")).Ok().Json!).Any(row => (int)row!["type"]! == 3), "the medal is told", Settle);
        (await admin.DeleteAsync($"/api/v1/medals/{medal}")).Ok();
        await Eventually.HoldsAsync(async () => (int)(await student.GetAsync($"/api/v1/users/{id}")).Ok()["medals"]!["gold"]! == 0, "the medal is gone", Settle);
    }

    [Fact]
    public async Task Event_WithOneSeat_MovesTheWaitingListUp()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var (first, second) = (await StudentAsync(admin, group), await StudentAsync(admin, group));
        await using var live = new EventStream(second.Client);
        await live.OpenAsync(after: 0);

        var day = DateTime.UtcNow.AddDays(2);
        var created = (await admin.PutAsync("/api/v1/events", new
        {
            title = "Экскурсия",
            text = "В дата-центр",
            place = "У входа",
            startsAt = Naive(day),
            endsAt = Naive(day.AddHours(2)),
            seats = 1,
            forGroups = new[] { group },
        })).Ok();
        var path = $"/api/v1/events/{(string)created["uuid"]!}";
        await Eventually.HoldsAsync(() => Task.FromResult(live.Received.Any(one => one.Type == 2 && (string)one.Data["name"]! == "Экскурсия")), "the group hears of it", Settle);

        Assert.Equal("registered", (string)(await first.Client.SendAsync(HttpMethod.Post, path + "/register", new { })).Ok()["status"]!);
        Assert.Equal("waiting", (string)(await second.Client.SendAsync(HttpMethod.Post, path + "/register", new { })).Ok()["status"]!);
        Assert.Equal("null", (await first.Client.DeleteAsync(path + "/register")).Ok().Text);
        Assert.Equal("registered", (string)(await second.Client.GetAsync(path)).Ok()["registration"]!["status"]!);
        await Eventually.HoldsAsync(() => Task.FromResult(live.Received.Any(one => one.Type == 4)), "the freed seat is told", Settle);

        var calendar = (string)(await second.Client.GetAsync("/api/v1/events/calendar")).Ok()["path"]!;
        using var file = await system.Anonymous().Http.GetAsync(calendar);
        Assert.Equal("text/calendar", file.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Экскурсия", await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var csv = await SendAsync(admin, path + "/participants.csv");
        Assert.Equal(2, (await csv.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        (await system.Anonymous().GetAsync("/api/v1/events/profil")).Ok();
    }

    [Fact]
    public async Task Banner_WithScript_IsRefusedAndAGoodOneShown()
    {
        var admin = await system.AdminAsync();
        var title = $"Внимание {Guid.NewGuid():N}";
        var bad = await admin.PutAsync("/api/v1/notifications/system", new { type = "warning", active = true, title, content = "<img src=x onerror=alert(1)>" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.Status);

        var uuid = (string)(await admin.PutAsync("/api/v1/notifications/system", new { type = "warning", active = true, title, content = "<p>Сегодня <b>нет</b> занятий</p>" })).Ok()["uuid"]!;

        Assert.Contains((JsonArray)(await system.Anonymous().GetAsync("/api/v1/notifications/system")).Ok().Json!, row => (string)row!["title"]! == title);
        (await admin.DeleteAsync($"/api/v1/notifications/system/{uuid}")).Ok();
    }

    [Fact]
    public async Task User_ExportedAndDeleted_IsKnownNowhere()
    {
        var (admin, student, id) = await NewStudentAsync();
        var uuid = (string)(await student.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends("Моё", Achievements.Pdf))).Ok()["uuid"]!;
        (await admin.PutAsync("/api/v1/notifications", new { toUser = id, type = 4, data = new { text = "Привет" } })).Ok();

        var zip = await DownloadAsync(student, $"/api/v1/users/{id}/export", "application/zip");
        Assert.Contains("Моё", await TextAsync(zip, "achievements/achievements.json"), StringComparison.Ordinal);
        Assert.Contains("Привет", await TextAsync(zip, "notifications/notifications.json"), StringComparison.Ordinal);
        Assert.Contains("@school.test", await TextAsync(zip, "auth/account.json"), StringComparison.Ordinal);
        Assert.Contains(zip.Entries, entry => entry.FullName.StartsWith("files/achievement/", StringComparison.Ordinal));
        var (_, stranger, _) = await NewStudentAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync($"/api/v1/users/{id}/export")).Status);

        (await admin.DeleteAsync($"/api/v1/users/{id}")).Ok();

        await Eventually.HoldsAsync(async () => (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid, status = 1, points = 1 })).Status == HttpStatusCode.NotFound,
            "the achievement is gone", Settle);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"/api/v1/users/{id}/export")).Status);
    }

    private static async Task<JsonNode> QueuedAsync(ApiClient staff, string uuid) =>
        Assert.Single((JsonArray)(await staff.GetAsync("/api/v1/achievements/queue")).Ok().Json!, row => (string)row!["uuid"]! == uuid)!;

    private async Task<(ApiClient Admin, ApiClient Student, string Id)> NewStudentAsync()
    {
        var admin = await system.AdminAsync();
        var (client, id) = await StudentAsync(admin, await admin.CreateGroupAsync());
        return (admin, client, id);
    }

    private async Task<(ApiClient Client, string Id)> StudentAsync(ApiClient admin, string group)
    {
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(group, email);
        return (await system.Anonymous().LoginAsync(email, School.Password), id);
    }

    private static async Task<ZipArchive> DownloadAsync(ApiClient client, string path, string type)
    {
        using var response = await SendAsync(client, path);
        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        return new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync()), ZipArchiveMode.Read);
    }

    private static async Task<HttpResponseMessage> SendAsync(ApiClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Token);
        return await client.Http.SendAsync(request).WaitAsync(RunningSystem.StepLimit);
    }

    private static async Task<string> TextAsync(ZipArchive zip, string name)
    {
        await using var entry = await zip.GetEntry(name)!.OpenAsync();
        using var reader = new StreamReader(entry, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private static string Naive(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
}

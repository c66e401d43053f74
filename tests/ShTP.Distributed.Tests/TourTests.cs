using System.Net;
using System.Text.Json.Nodes;
using ShTP.Auth.V1;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>What the README shows, through the real system, in JSON and in protobuf.</summary>
[Collection(CalmSystem.Name)]
public sealed class TourTests(RunningSystem system)
{
    // A PNG of one pixel.
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Fact]
    public async Task Root_Asked_SaysWhatRuns()
    {
        var answer = (await system.Anonymous().GetAsync("/")).Ok();

        Assert.Equal("ShTP", (string)answer["name"]!);
        Assert.NotNull(answer["version"]);
        Assert.NotNull(answer["description"]);
    }

    [Fact]
    public async Task Tour_InJson_Works()
    {
        var admin = await system.AdminAsync();
        var me = (await admin.GetAsync("/api/v1/auth/me")).Ok();
        Assert.Equal("admin", (string)me["role"]!);
        Assert.NotNull(me["group"]);

        var group = await admin.CreateGroupAsync();
        var email = School.UniqueEmail();
        var lastName = $"Лавлейс-{Guid.NewGuid():N}"[..30];
        var id = await admin.CreateUserAsync(group, email, lastName: lastName);

        var student = await system.Anonymous().LoginAsync(email, School.Password);
        var own = (await student.GetAsync("/api/v1/auth/me")).Ok();
        Assert.Equal((id, false), ((string)own["uuid"]!, (bool)own["newNotifications"]!));

        var found = (await admin.GetAsync($"/api/v1/users/search?query={Uri.EscapeDataString(lastName.ToUpperInvariant())}")).Ok();
        Assert.Equal(id, (string)Assert.Single((JsonArray)found.Json!)!["uuid"]!);

        (await admin.PatchAsync("/api/v1/users", new { uuid = id, admin = new { rating = 999 } })).Ok();
        var leaders = (JsonArray)(await system.Anonymous().GetAsync("/api/v1/users/leaderboard?limit=100")).Ok().Json!;
        Assert.Contains(leaders, row => (string)row!["uuid"]! == id && (int)row["rating"]! == 999);

        (await student.PatchAsync("/api/v1/users", new { techStack = (string[])["C#", "SQL"] })).Ok();
        Assert.Equal("C#,SQL", (string)(await student.GetAsync("/api/v1/auth/me")).Ok()["techStack"]!);

        var conflict = await admin.DeleteAsync($"/api/v1/groups/{group}");
        Assert.Equal(HttpStatusCode.Conflict, conflict.Status);

        Assert.Equal("null", (await admin.DeleteAsync($"/api/v1/users/{id}")).Ok().Text);
        await Eventually.HoldsAsync(async () => (await student.GetAsync("/api/v1/auth/me")).Status != HttpStatusCode.OK,
            "the deleted user's token stops working", TimeSpan.FromSeconds(10));
        Assert.Equal("null", (await admin.DeleteAsync($"/api/v1/groups/{group}")).Ok().Text);
    }

    [Fact]
    public async Task Avatar_Uploaded_IsServedAndGoesWithItsOwner()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var student = await system.Anonymous().LoginAsync(email, School.Password);

        var name = (string)(await student.UploadAsync(HttpMethod.Patch, "/api/v1/users/avatar", "avatar", "me.png", Png)).Ok()["avatar"]!;
        Assert.Equal(name, (string)(await student.GetAsync("/api/v1/auth/me")).Ok()["avatarPath"]!);
        using var picture = await student.Http.GetAsync($"/storage/avatars/{name}");
        Assert.Equal(HttpStatusCode.OK, picture.StatusCode);
        Assert.StartsWith("image/", picture.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);
        using var repeated = new HttpRequestMessage(HttpMethod.Get, $"/storage/avatars/{name}");
        repeated.Headers.IfNoneMatch.Add(picture.Headers.ETag!);
        using var notModified = await student.Http.SendAsync(repeated);
        Assert.Equal(HttpStatusCode.NotModified, notModified.StatusCode);

        var text = await student.UploadAsync(HttpMethod.Patch, "/api/v1/users/avatar", "avatar", "me.png", "no picture"u8.ToArray());
        Assert.InRange((int)text.Status, 400, 422);
        Assert.NotEmpty(text.Detail);
        var executable = await student.UploadAsync(HttpMethod.Patch, "/api/v1/users/avatar", "avatar", "me.exe", Png);
        Assert.Equal((HttpStatusCode.BadRequest, "Files with such extensions are forbidden"), (executable.Status, executable.Detail));
        Assert.Equal(name, (string)(await student.GetAsync("/api/v1/auth/me")).Ok()["avatarPath"]!);

        (await admin.DeleteAsync($"/api/v1/users/{id}")).Ok();
    }

    [Fact]
    public async Task Tour_InProtobuf_Works()
    {
        var login = await system.Anonymous().ProtobufAsync<LoginResponse>(HttpMethod.Post, "/api/v1/auth/login",
            new LoginRequest { Email = RunningSystem.AdminEmail, Password = system.AdminPassword });
        var admin = new ApiClient(system.Anonymous().Http, login.AccessToken);

        var group = await admin.ProtobufAsync<Group>(HttpMethod.Put, "/api/v1/groups", new CreateGroupRequest { Name = "Протобаф", Color = "red" });
        var created = await admin.ProtobufAsync<User>(HttpMethod.Put, "/api/v1/users", new CreateUserRequest
        {
            Email = School.UniqueEmail(),
            Password = School.Password,
            FirstName = "Grace",
            LastName = "Hopper",
            Role = Api.V1.Role.Student,
            GroupId = group.Uuid,
            LearningClass = 11,
        });
        Assert.Equal("Протобаф", created.Group.Name);

        var groups = await admin.ProtobufAsync<ListGroupsResponse>(HttpMethod.Get, "/api/v1/groups");
        Assert.Contains(groups.Groups, row => row.Uuid == group.Uuid);
        var user = await admin.ProtobufAsync<User>(HttpMethod.Get, $"/api/v1/users/{created.Uuid}");
        Assert.Equal(created, user);
        var changed = await admin.ProtobufAsync<Group>(HttpMethod.Patch, $"/api/v1/groups/{group.Uuid}", new UpdateGroupRequest { Color = "blue" });
        Assert.Equal(("Протобаф", "blue"), (changed.Name, changed.Color));
    }

    [Fact]
    public async Task Logout_TokenUsedAgain_IsRefusedWithinASecondOrTwo()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var student = await system.Anonymous().LoginAsync(email, School.Password);

        (await student.SendAsync(HttpMethod.Post, "/api/v1/auth/logout", new { })).Ok();

        await Eventually.HoldsAsync(async () => (await student.GetAsync("/api/v1/auth/me")).Status == HttpStatusCode.Unauthorized,
            "the token of the ended session is refused", TimeSpan.FromSeconds(5));
        var refresh = await new ApiClient(student.Http, student.RefreshToken).SendAsync(HttpMethod.Post, "/api/v1/auth/refresh");
        Assert.Equal(HttpStatusCode.Unauthorized, refresh.Status);
    }

    [Fact]
    public async Task Import_BrokenRow7_WritesNothingAndNamesTheRow()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var name = (string)(await admin.GetAsync($"/api/v1/groups/{group}")).Ok()["name"]!;
        var emails = Enumerable.Range(0, 8).Select(_ => School.UniqueEmail()).ToArray();
        var rows = emails.Select((email, i) => $"Ada,Row{i + 2},{email},student,{School.Password},{(i + 2 == 7 ? "seven" : "7")},{name}");
        var csv = System.Text.Encoding.UTF8.GetBytes("firstName,lastName,email,role,password,learningClass,groupName\r\n" + string.Join("\r\n", rows));

        var refused = (await admin.UploadAsync(HttpMethod.Put, "/api/v1/users/csv", "csv_file", "class.csv", csv)).Ok();

        Assert.Empty((JsonArray)refused["users"]);
        Assert.Contains("7", (string)Assert.Single((JsonArray)refused["errors"])!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await system.Anonymous().TryLoginAsync(emails[0], School.Password)).Status);

        var partial = (await admin.UploadAsync(HttpMethod.Put, "/api/v1/users/csv?mode=partial", "csv_file", "class.csv", csv)).Ok();
        Assert.Equal(7, ((JsonArray)partial["users"]).Count);
        (await system.Anonymous().TryLoginAsync(emails[0], School.Password)).Ok();
    }
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>Students and teachers are deleted while they and others are busy with their things.</summary>
internal sealed class DeletionLoad(ApiClient admin, int seed) : Load(admin, seed)
{
    private string _group = "";
    private string _event = "";

    public override async Task PrepareAsync()
    {
        _group = await CreateGroupAsync();
        _event = (string)(await Client.CallAsync(Admin, HttpMethod.Put, "/api/v1/events", PatientClient.Json(new
        {
            title = $"Farewell {Guid.NewGuid():N}",
            text = "",
            place = "Hall",
            startsAt = "2090-09-05T15:00:00",
            endsAt = "2090-09-05T17:00:00",
            seats = 3,
        })))["uuid"]!;
    }

    protected override async Task StepAsync()
    {
        var (student, teacher) = (await CreateAsync(_group), await CreateAsync(_group, "teacher"));
        // The same in every attempt.
        var title = $"Last {Guid.NewGuid():N}";
        var proof = await Client.CallAsync(student.Client, HttpMethod.Put, "/api/v1/achievements", () => Achievements.AsReactSends(title, Achievements.Pdf));
        Task<Answer?>[] busy =
        [
            TryAsync(student.Client, HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends($"Late {Guid.NewGuid():N}", Achievements.Pdf)),
            TryAsync(student.Client, HttpMethod.Post, $"/api/v1/events/{_event}/register", PatientClient.Json(new { })()),
            TryAsync(student.Client, HttpMethod.Patch, "/api/v1/users/avatar",
                new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(Repository.PathOf("requests", "picture.png"))), "avatar", "me.png" } }),
            TryAsync(student.Client, HttpMethod.Get, "/api/v1/events/calendar"),
            TryAsync(student.Client, HttpMethod.Post, "/api/v1/assigments/tasks/challenge/submit",
                new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes("print(1)\n")), "source", "solution.py" } }),
            TryAsync(teacher.Client, HttpMethod.Patch, "/api/v1/achievements/moderate", PatientClient.Json(new { uuid = (string)proof["uuid"]!, status = 1, points = 3 })()),
            TryAsync(teacher.Client, HttpMethod.Put, "/api/v1/medals", PatientClient.Json(new { userId = student.Id, kind = "gold", name = "Farewell" })()),
            TryAsync(teacher.Client, HttpMethod.Put, "/api/v1/notifications", PatientClient.Json(new { toUser = student.Id, type = 4, data = new { text = "Bye" } })()),
            TryAsync(teacher.Client, HttpMethod.Put, "/api/v1/events", PatientClient.Json(new
            {
                title = $"Bye {Guid.NewGuid():N}",
                text = "",
                place = "Hall",
                startsAt = "2090-09-05T15:00:00",
                endsAt = "2090-09-05T17:00:00",
                forGroups = new[] { _group },
            })()),
        ];
        foreach (var person in (Person[])[teacher, student])
            await Client.CallAsync(Admin, HttpMethod.Delete, $"/api/v1/users/{person.Id}", PatientClient.Json(new { }));
        foreach (var answer in await Task.WhenAll(busy))
            Assert.True(answer is null || answer.Status != HttpStatusCode.InternalServerError, $"500: {answer?.Text}");
    }

    /// <summary>What they left behind is looked for in the databases; here only that nobody of them sits in the event.</summary>
    public override async Task VerifyAsync() =>
        Assert.Empty((JsonArray)(await Client.CallAsync(Admin, HttpMethod.Get, $"/api/v1/events/{_event}/participants")).Json!);

    // At any moment of the deletion.
    private async Task<Answer?> TryAsync(ApiClient caller, HttpMethod method, string path, HttpContent? content = null)
    {
        var wait = Random.Next(60);
        await Task.Delay(wait);
        return await PatientClient.TryAsync(caller, method, path, content, method == HttpMethod.Get ? null : $"\"{Guid.NewGuid()}\"");
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ShTP.Invariants;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>Students hand in achievements and change them; a teacher accepts, rejects and reverses.</summary>
internal sealed class AchievementLoad(ApiClient admin, int seed) : Load(admin, seed)
{
    // Uploads are limited by user.
    private const int Students = 6;
    private const int StepsPerClass = 60;

    private readonly List<Student> _all = [];
    private readonly List<Student> _class = [];
    private string _group = "";
    private Person _teacher = null!;
    private int _stepsOfClass;

    public override async Task PrepareAsync()
    {
        _group = await CreateGroupAsync();
        _teacher = await CreateAsync(_group, "teacher");
        await NewClassAsync();
    }

    protected override async Task StepAsync()
    {
        if (++_stepsOfClass > StepsPerClass)
            await NewClassAsync();
        var student = _class[Random.Next(_class.Count)];
        var file = Pdf();
        var title = $"Победа {Guid.NewGuid():N}";
        var id = (string)(await Client.CallAsync(student.Person.Client, HttpMethod.Put, "/api/v1/achievements", () => Achievements.AsReactSends(title, file)))["uuid"]!;
        Promises.Enqueue(new Promise(Database.Achievements, "SELECT id::text FROM achievements", id));
        var made = new Made(title, file);
        student.Achievements[id] = made;
        if (Random.Next(3) == 0)
            await EditAsync(student, id, made);
        if (Random.Next(3) == 0)
        {
            await DecideAsync(new { uuid = id, status = 0, reason = "Не видно имени", version = made.Version });
            (made.Decisions, made.State) = (made.Decisions + 1, "rejected");
            if (Random.Next(2) == 0)
                return;
            await EditAsync(student, id, made);
        }

        if (Random.Next(8) == 0)
            return;
        var points = Random.Next(4);
        await DecideAsync(new { uuid = id, status = 1, points, version = made.Version });
        (made.Decisions, made.State, made.Points) = (made.Decisions + 1, "accepted", points);
        if (points > 0)
            student.Ledger.Add(points);
        if (Random.Next(4) > 0)
            return;
        await Client.CallAsync(_teacher.Client, HttpMethod.Post, $"/api/v1/achievements/{id}/reverse", PatientClient.Json(new { reason = "Чужой диплом" }));
        (made.Decisions, made.State) = (made.Decisions + 1, "rejected");
        if (points > 0)
            student.Ledger.Add(-points);
    }

    public override async Task VerifyAsync()
    {
        foreach (var student in _all)
        {
            var client = (await SignInAsync(student.Person)).Client;
            Assert.Equal(student.Ledger, await LedgerAsync(client, student.Person.Id));
            Assert.Equal(student.Ledger.Sum(), (int)(await client.GetAsync("/api/v1/auth/me")).Ok()["rating"]!);
            foreach (var (state, path) in ((string, string)[])[("accepted", ""), ("pending", "/pending"), ("rejected", "/rejected")])
            {
                var rows = await ListAsync(client, $"/api/v1/achievements{path}");
                var expected = student.Achievements.Where(one => one.Value.State == state).ToDictionary();
                Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), rows.Select(row => (string)row["uuid"]!).Order(StringComparer.Ordinal));
                Assert.All(rows, row => Assert.Equal(expected[(string)row["uuid"]!].Title, (string)row["title"]!));
                if (state == "accepted")
                    Assert.All(rows, row => Assert.Equal(expected[(string)row["uuid"]!].Points, (int)row["points"]!));
                if (rows.Count > 0)
                    await DownloadAsync(client, rows[^1], expected[(string)rows[^1]["uuid"]!]);
            }

            await ToldAsync(student);
        }
    }

    private static byte[] Pdf() => [.. Achievements.Pdf, .. Encoding.ASCII.GetBytes($"% {Guid.NewGuid():N}\n%%EOF\n")];

    private async Task NewClassAsync()
    {
        _class.Clear();
        for (var i = 0; i < Students; i++)
            _class.Add(new Student(await CreateAsync(_group)));
        _all.AddRange(_class);
        _stepsOfClass = 0;
    }

    private async Task EditAsync(Student student, string id, Made made)
    {
        var (title, file) = ($"Победа {Guid.NewGuid():N}", Random.Next(2) == 0 ? Pdf() : null);
        var answer = await Client.CallAsync(student.Person.Client, HttpMethod.Patch, $"/api/v1/achievements/{id}", () => Achievements.AsReactSends(title, file));
        (made.Title, made.File, made.State, made.Version) = (title, file ?? made.File, "pending", (int)answer["version"]!);
    }

    private async Task DecideAsync(object decision) =>
        await Client.CallAsync(_teacher.Client, HttpMethod.Patch, "/api/v1/achievements/moderate", PatientClient.Json(decision));

    private static async Task<List<int>> LedgerAsync(ApiClient student, string id)
    {
        var points = (await ListAsync(student, $"/api/v1/users/{id}/rating?limit=100", "before")).Select(row => (int)row["points"]!).ToList();
        points.Reverse();
        return points;
    }

    /// <summary>All pages of a list.</summary>
    private static async Task<List<JsonNode>> ListAsync(ApiClient client, string path, string cursor = "before")
    {
        var all = new List<JsonNode>();
        for (var page = path; ;)
        {
            var rows = (JsonArray)(await client.GetAsync(page)).Ok().Json!;
            all.AddRange(rows.Select(row => row!));
            if (rows.Count < 100)
                return all;
            page = string.Create(CultureInfo.InvariantCulture, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{cursor}={(string)rows[^1]!["uuid"]!}");
        }
    }

    private static async Task DownloadAsync(ApiClient client, JsonNode row, Made made)
    {
        using var attachment = await client.Http.GetAsync($"/storage/achievements/{(string)row["attachmentName"]!}");
        Assert.Equal(HttpStatusCode.OK, attachment.StatusCode);
        Assert.Equal(made.File, await attachment.Content.ReadAsByteArrayAsync());
    }

    private async Task ToldAsync(Student student)
    {
        await using var live = new EventStream((await SignInAsync(student.Person)).Client);
        await live.OpenAsync(after: 0);
        var decisions = student.Achievements.Values.Sum(made => made.Decisions);
        // Everybody is told of events, too.
        int Told() => live.Received.Count(one => one.Type is 0 or 1);
        await Eventually.HoldsAsync(() => Task.FromResult(Told() >= decisions), $"{student.Person.Id} was told {decisions} decisions", Settle);
        Assert.Equal(decisions, Told());
    }

    private sealed record Student(Person Person)
    {
        public Dictionary<string, Made> Achievements { get; } = [];

        public List<int> Ledger { get; } = [];
    }

    private sealed class Made(string title, byte[] file)
    {
        public string Title { get; set; } = title;

        public byte[] File { get; set; } = file;

        public string State { get; set; } = "pending";

        public int Points { get; set; }

        public int Version { get; set; } = 1;

        public int Decisions { get; set; }
    }
}

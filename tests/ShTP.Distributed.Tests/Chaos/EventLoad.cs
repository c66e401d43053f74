using System.Text.Json.Nodes;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>Students register for events with too few seats, and change their minds.</summary>
internal sealed class EventLoad(ApiClient admin, int seed) : Load(admin, seed)
{
    private const int Students = 4;
    private const int Seats = 2;
    private const int StepsPerEvent = 12;

    private readonly List<Person> _students = [];
    private readonly Dictionary<string, HashSet<string>> _registered = [];
    private string _event = "";

    public override async Task PrepareAsync()
    {
        var group = await CreateGroupAsync();
        for (var i = 0; i < Students; i++)
            _students.Add(await CreateAsync(group));
    }

    protected override async Task StepAsync()
    {
        if (Steps % StepsPerEvent == 0)
        {
            var body = new { title = $"Chess {Guid.NewGuid():N}", text = "", place = "Hall", startsAt = "2090-09-05T15:00:00", endsAt = "2090-09-05T17:00:00", seats = Seats };
            _event = (string)(await Client.CallAsync(Admin, HttpMethod.Put, "/api/v1/events", PatientClient.Json(body)))["uuid"]!;
            _registered[_event] = [];
        }

        var student = _students[Random.Next(Students)];
        if (_registered[_event].Contains(student.Id))
        {
            await Client.CallAsync(student.Client, HttpMethod.Delete, $"/api/v1/events/{_event}/register", PatientClient.Json(new { }));
            _registered[_event].Remove(student.Id);
            return;
        }

        await Client.CallAsync(student.Client, HttpMethod.Post, $"/api/v1/events/{_event}/register", PatientClient.Json(new { }));
        _registered[_event].Add(student.Id);
    }

    public override async Task VerifyAsync()
    {
        foreach (var (id, registered) in _registered)
        {
            var rows = (JsonArray)(await Client.CallAsync(Admin, HttpMethod.Get, $"/api/v1/events/{id}/participants")).Json!;
            Assert.Equal(registered.Order(StringComparer.Ordinal), rows.Select(row => (string)row!["uuid"]!).Order(StringComparer.Ordinal));
            Assert.Equal(Math.Min(Seats, registered.Count), rows.Count(row => (string)row!["registration"]!["status"]! == "registered"));
        }
    }
}

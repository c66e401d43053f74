using System.Net;
using Grpc.Core;
using ShTP.Events.V1;
using ShTP.Testing;
using Xunit;
using static ShTP.Services.Tests.Events.FeedSystem;

namespace ShTP.Services.Tests.Events;

/// <summary>The feed beside a source that does all that a source can do.</summary>
public sealed class FeedTests
{
    [Fact]
    public async Task ListProfilEvents_AfterTheFirstLook_ServesTheSourcesWordsByDate()
    {
        await using var system = await StartAsync(
            Event(3, date: "2026-09-02T10:00:00+03:00"), Event(2, date: "2026-09-02T08:00:00Z"), Event(7, "Олимпиада", "9-11 классы"), Event(5));
        var events = (await system.Client.ListProfilEventsAsync(new ListProfilEventsRequest())).Events;
        // 10:00 in Moscow is before 8:00 UTC.
        Assert.Equal([5, 7, 3, 2], events.Select(e => e.Id));
        Assert.Equal(
            new FeedEvent
            {
                Id = 7,
                Title = "Олимпиада",
                Organizer = "Профиль",
                Audience = "9-11 классы",
                SeatsPropotion = "10/20",
                Date = "2026-09-01T10:00:00.000Z",
                StartTime = "2026-09-01T10:00:00.000Z",
                FinishTime = "2026-09-01T12:00:00+03:00",
            }, events[1]);
        Assert.Equal("{\"query\":\"{ events { id title organizer audience seatsPropotion date startTime finishTime } }\"}", system.LastQuestion);
    }

    [Fact]
    public async Task ListOlympiads_Class_GivesThoseForIt()
    {
        await using var system = await StartAsync(
            Event(1, "Олимпиада по химии", "9-11 классы", "2026-10-01T00:00:00Z"), Event(2, "Лекция", "9 класс"), Event(3, "Всероссийская олимпиада"), Event(4, "Олимпиада", "5 класс"));
        Assert.Equal([3, 1], (await system.Client.ListOlympiadsAsync(new ListOlympiadsRequest { LearningClass = 9 })).Events.Select(e => e.Id));
        Assert.Equal([3], (await system.Client.ListOlympiadsAsync(new ListOlympiadsRequest { LearningClass = 1 })).Events.Select(e => e.Id));
        foreach (var wrong in (int[])[0, 12, -1, int.MaxValue])
            Assert.Equal(
                new Status(StatusCode.InvalidArgument, "learningClass: must be between 1 and 11"),
                await EventsSystem.FailsAsync(system.Client.ListOlympiadsAsync(new ListOlympiadsRequest { LearningClass = wrong })));
    }

    [Fact]
    public async Task Look_AnythingBut_AGoodAnswer_LeavesTheStoreAndIsLoggedOnce()
    {
        await using var system = await StartAsync(Event(1), Event(2));
        var good = Document(Event(3));
        (string Fault, Action Answer)[] bad =
        [
            ("the status is 500", () => system.Answer(good, HttpStatusCode.InternalServerError)),
            ("the status is 401", () => system.Answer(good, HttpStatusCode.Unauthorized)),
            ("the status is 204", () => system.Answer("", HttpStatusCode.NoContent)),
            ("the status is 302", () => system.Answer("", HttpStatusCode.Found, location: "/elsewhere")),
            ("the status is 307", () => system.Answer("", HttpStatusCode.TemporaryRedirect, location: "/elsewhere")),
            ("the answer is not JSON by its type", () => system.Answer("<html><body>502</body></html>", type: "text/html")),
            ("the answer is not JSON, or not all of it", () => system.Answer("<html><body>502</body></html>")),
            ("the answer is not JSON, or not all of it", () => system.Answer(good[..(good.Length / 2)])),
            ("the answer is not JSON, or not all of it", () => system.Answer("")),
            ("the answer has more than 524288 bytes", () => system.Answer(Document(Event(3, new string('x', 1024 * 1024))))),
            ("the answer has more than 524288 bytes", () => system.Answer(good + new string(' ', 1024 * 1024))),
            ("the answer has errors", () => system.Answer("""{"errors":[{"message":"no"}],"data":{"events":[]}}""")),
            ("events[0].id is not an integer", () => system.Answer(good.Replace("\"id\":3", "\"id\":\"3\"", StringComparison.Ordinal))),
        ];
        foreach (var (fault, answer) in bad)
        {
            answer();
            await system.LookAsync();
            Assert.Equal("1, 2", await system.IdsAsync());
            Assert.Equal(fault, (await system.StateAsync()).Fault);
            var (status, feed) = await system.HealthAsync();
            Assert.NotEqual("Unhealthy", feed.GetProperty("status").GetString());
            Assert.Equal((HttpStatusCode.OK, "Degraded"), (status, feed.GetProperty("status").GetString()));
            Assert.EndsWith(fault, feed.GetProperty("description").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(bad.Length, system.Outcomes.Count(outcome => outcome == "bad"));
        Assert.Equal("Warning: The feed cannot be read, the stored events are served: the status is 500", Assert.Single(system.Log));

        system.Answer(good);
        await system.LookAsync();

        Assert.Equal("3", await system.IdsAsync());
        Assert.Equal(("good", null, null), (system.Outcomes.Last(), (await system.StateAsync()).FailingSince, (await system.StateAsync()).Fault));
        Assert.Equal("Healthy", (await system.HealthAsync()).Feed.GetProperty("status").GetString());
        Assert.StartsWith("Information: The feed works again", system.Log.Last(), StringComparison.Ordinal);
        Assert.Equal(2, system.Log.Count());
        Assert.DoesNotContain(system.Log, line => line.Contains(Token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Look_SourceIsSlow_EndsAfterTenSeconds(bool hasBegun)
    {
        await using var system = await StartAsync(Event(1));
        var answer = Document(Event(2));
        if (hasBegun)
            system.Stall(answer[..(answer.Length / 2)]);
        else
            system.Answer(answer, delay: TimeSpan.FromSeconds(40));
        await system.MakeDueAsync();
        var started = system.Clock.GetUtcNow();
        var look = system.LookIfDueAsync();
        await Eventually.HoldsAsync(() =>
        {
            system.Clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(look.IsCompleted);
        }, "the look ends", TimeSpan.FromSeconds(15));
        await look;
        Assert.True(system.Clock.GetUtcNow() - started >= TimeSpan.FromSeconds(10));
        Assert.Equal("no answer within 10 seconds", (await system.StateAsync()).Fault);
        Assert.Equal("1", await system.IdsAsync());
    }

    [Fact]
    public async Task Look_ByManyAtOnce_IsOneRequestAnInterval()
    {
        await using var system = await StartAsync(Event(1));
        await system.LookIfDueAsync();
        Assert.Equal(1, system.Requests);
        await system.MakeDueAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => system.LookIfDueAsync()));
        Assert.Equal(2, system.Requests);
        Assert.Equal(TimeSpan.FromMinutes(10), (await system.StateAsync()).NextFetchAt - (await system.StateAsync()).FetchedAt);
    }

    [Fact]
    public async Task Loop_IntervalPasses_LooksAgain()
    {
        await using var system = await StartAsync(Event(1));
        // The loop may not have come to its wait yet, so time passes until it has.
        await Eventually.HoldsAsync(() =>
        {
            if (system.Requests == 1)
                system.Clock.Advance(TimeSpan.FromMinutes(10));
            return Task.FromResult(system.Requests > 1);
        }, "the second look");
        Assert.Equal(2, system.Requests);
    }

    [Fact]
    public async Task ListProfilEvents_NoSource_IsEmpty()
    {
        await using var own = new DisposableEvents();
        var system = await own.StartAsync();
        var client = system.Host.Anonymous<FeedService.FeedServiceClient>();
        Assert.Empty((await client.ListProfilEventsAsync(new ListProfilEventsRequest())).Events);
        Assert.Empty((await client.ListOlympiadsAsync(new ListOlympiadsRequest { LearningClass = 5 })).Events);
    }
}

using Grpc.Core;
using ShTP.Events.V1;
using Xunit;
using Event = ShTP.Events.School.Event;

namespace ShTP.Services.Tests.Events;

public sealed class ListTests
{
    [Fact]
    public async Task Lists_PastRunningAndComing_ShowEachWhatItIsFor()
    {
        await using var own = new DisposableEvents();
        var system = await own.StartAsync();
        var group = system.Users.AddGroup();
        var (member, other) = (system.Users.Add(group), system.Users.Add());
        var now = DateTimeOffset.UtcNow;
        var all = await AddAsync(system, "all", now, 2, 3);
        var running = await AddAsync(system, "running", now, -1, 1);
        var grouped = await AddAsync(system, "grouped", now, 1, 2, group);
        var cancelled = await AddAsync(system, "cancelled", now, 3, 4);
        await system.ChangeAsync(cancelled.Id, e => e.CancelledAt = e.CreatedAt);
        await AddAsync(system, "ended", now, -3, -2);
        await AddAsync(system, "ended grouped", now, -5, -1, group);
        await system.RegisterAsync(all, member);

        Assert.Equal(["running", "all"], TitlesOf((await system.Anonymous.ListSchoolEventsAsync(new ListSchoolEventsRequest())).Events));
        Assert.All((await system.Anonymous.ListSchoolEventsAsync(new ListSchoolEventsRequest())).Events, e => Assert.Null(e.Registration));
        var signedIn = (await system.As(member).ListSchoolEventsAsync(new ListSchoolEventsRequest())).Events;
        Assert.Equal((null, 1), (signedIn[0].Registration, signedIn[1].Registration.Place));

        string[] everything = ["running", "grouped", "all", "cancelled"];
        Assert.Equal(everything, TitlesOf((await system.As(member).ListUpcomingAsync(new ListUpcomingRequest())).Events));
        Assert.Equal(everything, TitlesOf((await system.Teacher.ListUpcomingAsync(new ListUpcomingRequest())).Events));
        Assert.Equal(["running", "all", "cancelled"], TitlesOf((await system.As(other).ListUpcomingAsync(new ListUpcomingRequest())).Events));
        var mine = (await system.As(member).ListUpcomingAsync(new ListUpcomingRequest { After = grouped.Id.ToString() })).Events;
        Assert.Equal(RegistrationStatus.Registered, mine[0].Registration.Status);

        Assert.Equal(["ended grouped", "ended"], TitlesOf((await system.As(member).ListPastAsync(new ListPastRequest())).Events));
        Assert.Equal(["ended"], TitlesOf((await system.As(other).ListPastAsync(new ListPastRequest())).Events));
        // Somebody who is gone from Users is in no group.
        Assert.Equal(["ended"], TitlesOf((await system.As(Guid.NewGuid()).ListPastAsync(new ListPastRequest())).Events));
        Assert.Equal(running.Id.ToString(), (await system.Anonymous.ListSchoolEventsAsync(new ListSchoolEventsRequest())).Events[0].Uuid);
    }

    [Fact]
    public async Task ListMine_RegisteredWaitingAndCancelled_LatestFirst()
    {
        await using var own = new DisposableEvents();
        var system = await own.StartAsync();
        var student = system.Users.Add();
        var now = DateTimeOffset.UtcNow;
        var first = await AddAsync(system, "first", now, 1, 2);
        var full = await AddAsync(system, "full", now, 2, 3);
        var last = await AddAsync(system, "last", now, 3, 4);
        await AddAsync(system, "not mine", now, 4, 5);
        await system.ChangeAsync(full.Id, e => e.Seats = 1);
        await system.RegisterAsync(full, system.Users.Add());
        foreach (var e in (Event[])[last, full, first])
            await system.RegisterAsync(e, student);
        await system.ChangeAsync(last.Id, e => e.CancelledAt = e.CreatedAt);

        var mine = (await system.As(student).ListMineAsync(new ListMineRequest())).Events;

        Assert.Equal(["last", "full", "first"], TitlesOf(mine));
        Assert.Equal((RegistrationStatus.Waiting, 1), (mine[1].Registration.Status, mine[1].Registration.Place));
        Assert.Empty((await system.As(Guid.NewGuid()).ListMineAsync(new ListMineRequest())).Events);
    }

    [Fact]
    public async Task Pages_EqualTimes_SkipAndRepeatNothing()
    {
        await using var own = new DisposableEvents();
        var system = await own.StartAsync();
        var now = DateTimeOffset.UtcNow;
        // More than a page, many of them at the same time.
        await system.WithDbAsync(async db =>
        {
            for (var i = 0; i < 450; i++)
                db.Events.Add(NewEvent($"{i}", now.AddHours(1 + i / 100), now.AddHours(20 + i / 100)));
            for (var i = 0; i < 250; i++)
                db.Events.Add(NewEvent($"past {i}", now.AddHours(-30), now.AddHours(-20 + i / 100)));
            return await db.SaveChangesAsync();
        });

        var upcoming = new List<V1Event>();
        var request = new ListUpcomingRequest();
        while ((await system.Teacher.ListUpcomingAsync(request)).Events is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 200);
            upcoming.AddRange(page.Select(e => new V1Event(e.Uuid, e.StartsAt.ToDateTimeOffset())));
            request.After = page[^1].Uuid;
        }

        Assert.Equal(450, upcoming.Distinct().Count());
        Assert.Equal(upcoming.OrderBy(e => e.At), upcoming);

        var past = new List<V1Event>();
        var before = new ListPastRequest();
        while ((await system.Teacher.ListPastAsync(before)).Events is { Count: > 0 } page)
        {
            past.AddRange(page.Select(e => new V1Event(e.Uuid, e.EndsAt.ToDateTimeOffset())));
            before.After = page[^1].Uuid;
        }

        Assert.Equal(250, past.Distinct().Count());
        Assert.Equal(past.OrderByDescending(e => e.At), past);
    }

    [Fact]
    public async Task ListUpcoming_LongTexts_ComeInShorterPages()
    {
        await using var own = new DisposableEvents();
        var system = await own.StartAsync();
        await system.WithDbAsync(async db =>
        {
            for (var i = 0; i < 200; i++)
                db.Events.Add(NewEvent(new string('№', 200), DateTimeOffset.UtcNow.AddDays(1), DateTimeOffset.UtcNow.AddDays(2), new string('№', 10_000)));
            return await db.SaveChangesAsync();
        });
        var request = new ListUpcomingRequest();
        var seen = new HashSet<string>();
        while ((await system.Teacher.ListUpcomingAsync(request)).Events is { Count: > 0 } page)
        {
            Assert.InRange(page.Sum(e => e.CalculateSize()), 1, 3 * 1024 * 1024);
            seen.UnionWith(page.Select(e => e.Uuid));
            request.After = page[^1].Uuid;
        }

        Assert.Equal(200, seen.Count);
    }

    [Fact]
    public async Task Pages_EmptyAfter_IsTheFirstPage()
    {
        await using var own = new DisposableEvents();
        var system = await own.StartAsync();
        var now = DateTimeOffset.UtcNow;
        await AddAsync(system, "coming", now, 1, 2);
        await AddAsync(system, "ended", now, -2, -1);
        Assert.Equal(["coming"], TitlesOf((await system.Teacher.ListUpcomingAsync(new ListUpcomingRequest { After = "" })).Events));
        Assert.Equal(["ended"], TitlesOf((await system.Teacher.ListPastAsync(new ListPastRequest { After = "" })).Events));
    }

    [Fact]
    public async Task Pages_UnknownAfter_IsInvalid()
    {
        await using var own = new DisposableEvents();
        var system = await own.StartAsync();
        var unknown = Guid.NewGuid().ToString();
        var expected = new Status(StatusCode.InvalidArgument, "after: there is no event with this uuid");
        Assert.Equal(expected, await EventsSystem.FailsAsync(system.Teacher.ListUpcomingAsync(new ListUpcomingRequest { After = unknown })));
        Assert.Equal(expected, await EventsSystem.FailsAsync(system.Teacher.ListPastAsync(new ListPastRequest { After = unknown })));
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "after: value is not a valid uuid"),
            await EventsSystem.FailsAsync(system.Teacher.ListPastAsync(new ListPastRequest { After = "1" })));
    }

    private static string[] TitlesOf(IEnumerable<ShTP.Events.V1.Event> events) => [.. events.Select(e => e.Title)];

    private static Task<Event> AddAsync(EventsSystem system, string title, DateTimeOffset now, int starts, int ends, params Guid[] groups) =>
        system.AddAsync(e => (e.Title, e.StartsAt, e.EndsAt, e.RegistrationClosesAt) = (title, now.AddHours(starts), now.AddHours(ends), now.AddHours(ends)), groups);

    private static Event NewEvent(string title, DateTimeOffset starts, DateTimeOffset ends, string text = "") =>
        new() { Id = Guid.NewGuid(), Title = title, Text = text, Place = "", ForGroups = [], StartsAt = starts, EndsAt = ends };

    private sealed record V1Event(string Uuid, DateTimeOffset At);
}

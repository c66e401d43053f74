using Microsoft.EntityFrameworkCore;
using ShTP.Events.V1;
using ShTP.Api.V1;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Events;

/// <summary>With many years of events no list reads a whole table: the very statements of the service are explained.</summary>
public sealed class PlanTests
{
    private const int Events = 50_000;

    [Fact]
    public async Task Queries_ManyEventsAndRegistrations_UseIndexes()
    {
        await using var own = new DisposableEvents();
        var system = await own.StartAsync();
        var group = system.Users.AddGroup();
        var student = system.Users.Add(group);
        await SeedAsync(system, group, student);
        var (popular, past) = await system.WithDbAsync(async db => (
            await db.Events.Where(e => e.Waiting > 0).Select(e => e.Id).SingleAsync(),
            await db.Events.Where(e => e.EndsAt < DateTimeOffset.UtcNow).OrderByDescending(e => e.EndsAt).Skip(1000).Select(e => e.Id).FirstAsync()));
        var upcoming = Guid.Parse((await system.Teacher.ListUpcomingAsync(new ListUpcomingRequest())).Events[10].Uuid);
        var client = system.As(student);
        var file = (await client.GetCalendarAddressAsync(new GetCalendarAddressRequest())).Path["/api/v1/events/calendar/".Length..];

        (string What, Func<Task> Call)[] calls =
        [
            ("school", async () => Assert.Equal(200, (await system.Anonymous.ListSchoolEventsAsync(new ListSchoolEventsRequest())).Events.Count)),
            ("upcoming", async () => Assert.Equal(200, (await client.ListUpcomingAsync(new ListUpcomingRequest())).Events.Count)),
            ("upcoming page", async () => Assert.Equal(200, (await client.ListUpcomingAsync(new ListUpcomingRequest { After = upcoming.ToString() })).Events.Count)),
            ("past", async () => Assert.Equal(200, (await client.ListPastAsync(new ListPastRequest())).Events.Count)),
            ("past page", async () => Assert.Equal(200, (await system.Teacher.ListPastAsync(new ListPastRequest { After = past.ToString() })).Events.Count)),
            ("mine", async () => Assert.Equal(50, (await client.ListMineAsync(new ListMineRequest())).Events.Count)),
            ("one", async () => await client.GetEventAsync(new GetEventRequest { Uuid = popular.ToString() })),
            ("register", async () => Assert.Equal(19_971, (await client.RegisterAsync(new RegisterRequest { Uuid = popular.ToString() })).Place)),
            ("register again", async () => Assert.Equal(19_971, (await client.RegisterAsync(new RegisterRequest { Uuid = popular.ToString() })).Place)),
            ("more seats", async () => await system.Teacher.UpdateEventAsync(new UpdateEventRequest { Uuid = popular.ToString(), Seats = 50 })),
            ("unregister", async () => await client.UnregisterAsync(new UnregisterRequest { Uuid = popular.ToString() })),
            ("participants", async () => Assert.Equal(2000, (await system.Teacher.ListParticipantsAsync(new ListParticipantsRequest { Uuid = popular.ToString() })).Participants.Count)),
            ("calendar", async () => Assert.NotEqual(0, (await system.Anonymous.GetCalendarAsync(new GetCalendarRequest { File = file })).Data.Length)),
            ("deletion", async () => await system.Internal.DeleteUserAsync(
                new DeleteUserRequest { UserId = student.ToString() }, new Grpc.Core.Metadata { { "shtp-message-id", Guid.NewGuid().ToString() } })),
        ];
        foreach (var (what, call) in calls)
        {
            system.Statements.Clear();
            await call();
            Assert.NotEmpty(system.Statements);
            // A batch that stores rows finds nothing, and the outbox has tests of its own.
            foreach (var statement in system.Statements.Where(statement => !statement.Sql.Contains("INSERT", StringComparison.Ordinal) && !statement.Sql.Contains("outbox", StringComparison.Ordinal)))
            {
                var plan = await StatementLog.ExplainAsync(system.ConnectionString, statement);
                Assert.False(
                    plan.Contains("Seq Scan on events", StringComparison.Ordinal) || plan.Contains("Seq Scan on registrations", StringComparison.Ordinal),
                    $"{what}:\n{statement.Sql}\n{plan}");
            }
        }
    }

    // One event a while, the last 500 to come; one of them is what everybody wants.
    private static Task<int> SeedAsync(EventsSystem system, Guid group, Guid student) => system.WithDbAsync(async db =>
    {
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(3));
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO events (id, created_at, updated_at, title, text, place, starts_at, ends_at, seats, seats_taken, waiting, last_position,
                for_groups, registration_opens_at, registration_closes_at, author_id)
            SELECT gen_random_uuid(), now(), now(), 'Событие ' || i, '', '', at, at + interval '1 hour', 30,
                CASE WHEN i = {Events} THEN 30 ELSE 0 END, CASE WHEN i = {Events} THEN 19970 ELSE 0 END, CASE WHEN i = {Events} THEN 20000 ELSE 0 END,
                CASE i % 3 WHEN 0 THEN ARRAY[{group}] WHEN 1 THEN ARRAY[gen_random_uuid(), gen_random_uuid()] ELSE ARRAY[]::uuid[] END,
                now() - interval '1 day', at, gen_random_uuid()
            FROM (SELECT i, now() + (i - {Events} + 700) * interval '2 hours' AS at FROM generate_series(1, {Events}) AS i) AS numbers
            """);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO registrations (event_id, user_id, position, status, registered_at)
            SELECT e.id, gen_random_uuid(), i, CASE WHEN i <= 30 THEN 1 ELSE 0 END, now()
            FROM events AS e, generate_series(1, 20000) AS i WHERE e.waiting > 0
            """);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO registrations (event_id, user_id, position, status, registered_at)
            SELECT id, {student}, 1, 1, now() FROM events WHERE waiting = 0 ORDER BY starts_at LIMIT 50
            """);
        await db.Database.ExecuteSqlAsync($"ANALYZE events, registrations");
        db.Database.SetCommandTimeout((int?)null);
        return 0;
    });
}

using System.Buffers.Text;
using System.Text;
using Grpc.Core;
using Ical.Net;
using Microsoft.EntityFrameworkCore;
using ShTP.Events.V1;
using Xunit;

namespace ShTP.Services.Tests.Events;

public sealed class CalendarTests(EventsSystem system) : IClassFixture<EventsSystem>
{
    private const string Folder = "/api/v1/events/calendar/";

    [Fact]
    public async Task GetCalendarAddress_AskedByManyAtOnce_IsOneUntilItIsRenewed()
    {
        var client = system.As(system.Users.Add());
        var paths = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await PathAsync(client)));
        var old = Assert.Single(paths.Distinct());
        Assert.Matches("^/api/v1/events/calendar/[A-Za-z0-9_-]{64}\\.ics$", old);

        var renewed = (await client.RenewCalendarAddressAsync(new RenewCalendarAddressRequest())).Path;

        Assert.NotEqual(old, renewed);
        Assert.Equal(renewed, await PathAsync(client));
        Assert.Equal(new Status(StatusCode.NotFound, "No such calendar"), await FailsAsync(old[Folder.Length..]));
        Assert.Equal("text/calendar; charset=utf-8", (await GetAsync(renewed)).ContentType);
    }

    [Fact]
    public async Task GetCalendar_WhatTheDatabaseHolds_IsNoAddress()
    {
        var student = system.Users.Add();
        var secret = (await PathAsync(system.As(student)))[Folder.Length..^4];
        var nonce = await system.WithDbAsync(db => db.CalendarAddresses.Where(a => a.UserId == student).Select(a => a.Nonce).SingleAsync());
        Assert.StartsWith(Base64Url.EncodeToString(nonce)[..20], secret, StringComparison.Ordinal);
        string[] wrong =
        [
            "", ".ics", secret, $"{secret}.ICS", $"{secret}=.ics", $"{secret[1..]}.ics", $" {secret}.ics", $"{new string('%', 64)}.ics", $"{secret}\n.ics",
            $"{Base64Url.EncodeToString([.. nonce, .. new byte[32]])}.ics",
            $"{Base64Url.EncodeToString(nonce)}.ics",
            $"{secret[..^1]}{(secret[^1] == 'A' ? 'B' : 'A')}.ics",
            $"{new string('x', 100_000)}.ics",
        ];
        foreach (var file in wrong)
            Assert.Equal(new Status(StatusCode.NotFound, "No such calendar"), await FailsAsync(file));
    }

    [Fact]
    public async Task GetCalendar_ParsedBack_HasWhatConcernsTheUser()
    {
        await using var own = new DisposableEvents();
        var events = await own.StartAsync();
        var group = events.Users.AddGroup();
        var student = events.Users.Add(group);
        var text = $"Строка 1; и, ещё\\\nСтрока 2 {new string('ы', 200)}";
        var open = await events.AddAsync(e => (e.Title, e.Text) = ("Открытое; для, всех", text));
        var grouped = await events.AddAsync(e => e.Title = "Для группы", group);
        await events.AddAsync(e => e.Title = "Чужое", events.Users.AddGroup());
        await events.AddAsync(e => (e.Title, e.StartsAt, e.EndsAt) = ("Давно", e.CreatedAt.AddDays(-92), e.CreatedAt.AddDays(-91)));
        var recent = await events.AddAsync(e => (e.Title, e.StartsAt, e.EndsAt) = ("Недавно", e.CreatedAt.AddDays(-90), e.CreatedAt.AddDays(-89)));
        await events.AddAsync(e => (e.Title, e.CancelledAt) = ("Отменённое чужое", e.CreatedAt));
        var cancelled = await events.AddAsync(e => e.Title = "Отменённое");
        var full = await events.AddAsync(e => (e.Title, e.Seats) = ("Полное", 1));
        await events.RegisterAsync(full, events.Users.Add());
        foreach (var e in new[] { cancelled, full, grouped })
            await events.RegisterAsync(e, student);
        await events.Teacher.CancelEventAsync(new CancelEventRequest { Uuid = cancelled.Id.ToString() });
        var path = (await events.As(student).GetCalendarAddressAsync(new GetCalendarAddressRequest())).Path;

        var request = new GetCalendarRequest { File = path[Folder.Length..] };
        using var call = events.Anonymous.GetCalendarAsync(request);
        var file = (await call).Data.ToStringUtf8();

        Assert.Equal("private, max-age=300", (await call.ResponseHeadersAsync).GetValue("cache-control"));
        Assert.Equal("attachment; filename=shtp.ics", await events.DispositionAsync(EventsService.Descriptor.FindMethodByName("GetCalendar"), request));
        Assert.All(file.Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 75));
        Assert.DoesNotContain('\n', file.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.Contains("\r\nMETHOD:PUBLISH\r\n", file, StringComparison.Ordinal);
        Assert.Contains("\r\nPRODID:-//ShTP//Events//RU\r\n", file, StringComparison.Ordinal);
        var found = Calendar.Load(file)!.Events.ToDictionary(e => e.Uid!);
        Assert.Equal(
            [.. new[] { open, grouped, recent, cancelled, full }.Select(e => UidOf(e.Id)).Order()], found.Keys.Order());
        var first = found[UidOf(open.Id)];
        Assert.Equal((open.Title, text, open.Place), (first.Summary, first.Description, first.Location));
        Assert.Equal((open.StartsAt.UtcDateTime, open.EndsAt.UtcDateTime, "UTC"), (first.Start!.AsUtc, first.End!.AsUtc, first.Start.TzId));
        Assert.Equal((open.UpdatedAt.UtcDateTime, open.UpdatedAt.UtcDateTime), (first.DtStamp!.AsUtc, first.LastModified!.AsUtc));
        Assert.Equal(
            (null, EventStatus.Confirmed, EventStatus.Cancelled, EventStatus.Tentative),
            (first.Status, found[UidOf(grouped.Id)].Status, found[UidOf(cancelled.Id)].Status, found[UidOf(full.Id)].Status));

        // Nothing changed: the same bytes.
        Assert.Equal(file, (await events.Anonymous.GetCalendarAsync(request)).Data.ToStringUtf8());
    }

    [Fact]
    public async Task GetCalendar_EveryKindOfEvent_IsValid()
    {
        await using var own = new DisposableEvents();
        var events = await own.StartAsync();
        var student = events.Users.Add();
        var path = (await events.As(student).GetCalendarAddressAsync(new GetCalendarAddressRequest())).Path;
        Assert.Empty((await ReadAsync()).Events);

        var moment = await events.AddAsync(e => (e.Title, e.EndsAt) = ("Мгновение", e.StartsAt));
        var blink = await events.AddAsync(e => (e.Title, e.StartsAt, e.EndsAt) = ("Миг", e.StartsAt.AddMilliseconds(100), e.StartsAt.AddMilliseconds(900)));
        var plain = await events.AddAsync(e => (e.Title, e.Text, e.Place) = ("a,b;c\\d:\"e\" BEGIN:VEVENT", "1\r2\r\n3\n\tEND:VCALENDAR", ""));
        var read = (await ReadAsync()).Events.ToDictionary(e => e.Uid);

        Assert.Equal((false, false, true), (read[UidOf(moment.Id)].HasEnd, read[UidOf(blink.Id)].HasEnd, read[UidOf(plain.Id)].HasEnd));
        Assert.Equal(read[UidOf(moment.Id)].Start, read[UidOf(moment.Id)].End);
        Assert.Equal(("a,b;c\\d:\"e\" BEGIN:VEVENT", "1\n2\n3\n\tEND:VCALENDAR", null), (read[UidOf(plain.Id)].Summary, read[UidOf(plain.Id)].Description, read[UidOf(plain.Id)].Location));

        async Task<IcalReader.Calendar> ReadAsync() =>
            await IcalReader.ReadAsync((await events.Anonymous.GetCalendarAsync(new GetCalendarRequest { File = path[Folder.Length..] })).Data.ToStringUtf8());
    }

    [Fact]
    public async Task GetCalendar_EventIsChanged_CountsAndHasAnotherETag()
    {
        var student = system.Users.Add();
        var e = await system.AddAsync();
        var path = (await system.As(student).GetCalendarAddressAsync(new GetCalendarAddressRequest())).Path;
        var (first, tag) = await ReadAsync();

        await system.Teacher.UpdateEventAsync(new UpdateEventRequest { Uuid = e.Id.ToString(), StartsAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(e.StartsAt.AddHours(1)) });
        var (moved, movedTag) = await ReadAsync();
        await system.RegisterAsync(e, student);
        await system.Teacher.CancelEventAsync(new CancelEventRequest { Uuid = e.Id.ToString() });
        var (cancelled, _) = await ReadAsync();

        Assert.Equal((0, 1, 2), (first.Sequence, moved.Sequence, cancelled.Sequence));
        Assert.True(first.Start!.AsUtc < moved.Start!.AsUtc && first.LastModified!.AsUtc <= moved.LastModified!.AsUtc);
        Assert.Equal(EventStatus.Cancelled, cancelled.Status);
        Assert.NotEqual(tag, movedTag);
        Assert.Matches("^\"[0-9a-f]{32}\"$", tag);

        async Task<(Ical.Net.CalendarComponents.CalendarEvent Event, string? Tag)> ReadAsync()
        {
            using var call = system.Anonymous.GetCalendarAsync(new GetCalendarRequest { File = path[Folder.Length..] });
            var found = Calendar.Load((await call).Data.ToStringUtf8())!.Events.Single(found => found.Uid == UidOf(e.Id));
            return (found, (await call.ResponseHeadersAsync).GetValue("etag"));
        }
    }

    [Fact]
    public async Task GetCalendar_ManyLongTexts_FitsIntoAnAnswer()
    {
        await using var own = new DisposableEvents();
        var events = await own.StartAsync();
        // Each character is escaped, and a pair of surrogates lies across the cut.
        var text = $"{new string(';', 999)}😀{new string('№', 8000)}";
        await events.WithDbAsync(async db =>
        {
            for (var i = 0; i < 501; i++)
            {
                db.Events.Add(new()
                {
                    Id = Guid.NewGuid(),
                    Title = new('№', 200),
                    Text = text,
                    Place = new('№', 200),
                    ForGroups = [],
                    StartsAt = DateTimeOffset.UtcNow.AddDays(1),
                    EndsAt = DateTimeOffset.UtcNow.AddDays(2),
                });
            }

            return await db.SaveChangesAsync();
        });
        var path = (await events.As(events.Users.Add()).GetCalendarAddressAsync(new GetCalendarAddressRequest())).Path;
        var body = await events.Anonymous.GetCalendarAsync(new GetCalendarRequest { File = path[Folder.Length..] });
        var found = Calendar.Load(body.Data.ToStringUtf8())!.Events;
        Assert.Equal(500, found.Count);
        Assert.Equal($"{new string(';', 999)}…", found.First().Description);
    }

    private static string UidOf(Guid id) => $"{id}@shtp";

    private static async Task<string> PathAsync(EventsService.EventsServiceClient client) =>
        (await client.GetCalendarAddressAsync(new GetCalendarAddressRequest())).Path;

    private async Task<Google.Api.HttpBody> GetAsync(string path) => await system.Anonymous.GetCalendarAsync(new GetCalendarRequest { File = path[Folder.Length..] });

    private Task<Status> FailsAsync(string file) => EventsSystem.FailsAsync(system.Anonymous.GetCalendarAsync(new GetCalendarRequest { File = file }));
}

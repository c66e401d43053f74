using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Events.V1;
using Event = ShTP.Events.V1.Event;
using Xunit;

namespace ShTP.Services.Tests.Events;

public sealed class ChangeTests(EventsSystem system) : IClassFixture<EventsSystem>
{
    private static readonly DateTimeOffset Start = new(2090, 9, 5, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task CreateEvent_ForGroups_IsStoredAndTheyAreNotified()
    {
        var (a, b) = (system.Users.AddGroup(), system.Users.AddGroup());
        var request = Request("  Турнир по шахматам ");
        request.Seats = 30;
        request.ForGroups.AddRange([a.ToString(), b.ToString(), a.ToString()]);
        var before = DateTime.UtcNow.AddSeconds(-1);

        var e = await system.Teacher.CreateEventAsync(request);

        Assert.Equal(
            ("Турнир по шахматам", "О турнире\nи призах", "Зал", 30, 0, 0, system.TeacherId.ToString()),
            (e.Title, e.Text, e.Place, e.Seats, e.SeatsTaken, e.Waiting, e.AuthorId));
        Assert.Equal((request.StartsAt, request.EndsAt, request.StartsAt), (e.StartsAt, e.EndsAt, e.RegistrationClosesAt));
        Assert.InRange(e.RegistrationOpensAt.ToDateTime(), before, DateTime.UtcNow);
        Assert.Equal([a.ToString(), b.ToString()], e.ForGroups);
        Assert.Equal((null, false, null), (e.CancelledAt, e.HasCancelReason, e.Registration));
        Assert.Equal(e, await system.Teacher.GetEventAsync(new GetEventRequest { Uuid = e.Uuid }));
        var heard = Assert.Single(await system.HeardAsync(told => told.GroupIds.Contains(a.ToString())));
        Assert.Equal((2, "Турнир по шахматам", false), (heard.Type, EventsSystem.TextOf(heard), heard.Everyone));
        Assert.Equal([a.ToString(), b.ToString()], heard.GroupIds);
    }

    [Fact]
    public async Task CreateEvent_ForEveryone_NotifiesEveryoneAndHasNoLimit()
    {
        var title = $"Для всех {Guid.NewGuid()}";
        Assert.False((await system.Teacher.CreateEventAsync(Request(title))).HasSeats);
        var heard = Assert.Single(await system.HeardAsync(told => EventsSystem.TextOf(told) == title));
        Assert.True(heard is { Type: 2, Everyone: true, GroupIds.Count: 0 });
    }

    [Fact]
    public async Task CreateEvent_UnknownGroup_IsNotFoundAndNothingIsStored()
    {
        var (unknown, title) = (Guid.NewGuid().ToString(), $"Никому {Guid.NewGuid()}");
        var request = Request(title);
        request.ForGroups.Add(unknown);
        Assert.Equal(new Status(StatusCode.NotFound, $"Group with such uuid not found: {unknown}"), await EventsSystem.FailsAsync(system.Teacher.CreateEventAsync(request)));
        Assert.DoesNotContain((await system.Teacher.ListUpcomingAsync(new ListUpcomingRequest())).Events, e => e.Title == title);
    }

    [Fact]
    public async Task CreateEvent_WrongFields_AreAllNamed()
    {
        var request = new CreateEventRequest
        {
            Title = new('x', 201),
            Text = new('x', 10_001),
            Place = "a\nb",
            StartsAt = Timestamp.FromDateTimeOffset(Start),
            EndsAt = Timestamp.FromDateTimeOffset(Start.AddTicks(-10)),
            RegistrationOpensAt = Timestamp.FromDateTimeOffset(Start.AddHours(2)),
            RegistrationClosesAt = Timestamp.FromDateTimeOffset(Start.AddHours(1)),
            Seats = 0,
            ForGroups = { "x" },
        };
        Assert.Equal(
            new Status(StatusCode.InvalidArgument,
                "title: must have 1 to 200 characters; text: must have at most 10000 characters; place: must not contain tabs or line breaks; "
                + "endsAt: must not be before startsAt; registrationClosesAt: must not be before registrationOpensAt; "
                + "registrationClosesAt: must not be after endsAt; seats: must be between 1 and 10000; forGroups[0]: value is not a valid uuid"),
            await EventsSystem.FailsAsync(system.Teacher.CreateEventAsync(request)));
        Assert.Equal(
            "title: field required; startsAt: field required; endsAt: field required",
            (await EventsSystem.FailsAsync(system.Teacher.CreateEventAsync(new CreateEventRequest { Title = " " }))).Detail);
        request = Request("Много групп");
        request.ForGroups.AddRange(Enumerable.Range(0, 101).Select(_ => Guid.NewGuid().ToString()));
        Assert.Equal("forGroups: must have at most 100 items", (await EventsSystem.FailsAsync(system.Teacher.CreateEventAsync(request))).Detail);
    }

    [Fact]
    public async Task CreateEvent_TimesOfNoCalendar_AreNamed()
    {
        var request = Request("Когда-нибудь");
        request.StartsAt = new Timestamp { Seconds = long.MaxValue };
        request.EndsAt = new Timestamp { Seconds = 4_000_000_000, Nanos = -1 };
        request.RegistrationOpensAt = new Timestamp { Seconds = -1 };
        Assert.Equal(
            "startsAt: must be in the years 2000 to 2099; endsAt: must be in the years 2000 to 2099; registrationOpensAt: must be in the years 2000 to 2099",
            (await EventsSystem.FailsAsync(system.Teacher.CreateEventAsync(request))).Detail);
    }

    [Fact]
    public async Task UpdateEvent_TimeAndPlace_AreChangedAndWhoComesOrWaitsIsTold()
    {
        var e = await system.AddAsync(e => (e.Title, e.Seats) = ("Лекция", 1));
        var (registered, waiting) = (system.Users.Add(), system.Users.Add());
        await system.RegisterAsync(e, registered);
        await system.RegisterAsync(e, waiting);

        var answer = await system.Teacher.UpdateEventAsync(new UpdateEventRequest
        {
            Uuid = e.Id.ToString(),
            StartsAt = Timestamp.FromDateTimeOffset(Start),
            EndsAt = Timestamp.FromDateTimeOffset(Start.AddHours(2)),
            Place = "Двор",
        });

        Assert.Equal(("Лекция", "Текст", "Двор", 1), (answer.Title, answer.Text, answer.Place, answer.Seats));
        // It closed at the start, so it still does.
        Assert.Equal((Start, Start.AddHours(2), Start), (answer.StartsAt.ToDateTimeOffset(), answer.EndsAt.ToDateTimeOffset(), answer.RegistrationClosesAt.ToDateTimeOffset()));
        Assert.True(answer.UpdatedAt > answer.CreatedAt);
        var heard = Assert.Single(await system.HeardAsync(told => told.UserIds.Contains(registered.ToString())));
        Assert.Equal((4, "Мероприятие «Лекция» изменено: 05.09.2090 18:00–20:00, Двор"), (heard.Type, EventsSystem.TextOf(heard)));
        Assert.Equal([.. new[] { registered.ToString(), waiting.ToString() }.Order()], heard.UserIds.Order());
    }

    [Fact]
    public async Task UpdateEvent_TextsAndSameTime_TellsNobody()
    {
        var e = await system.AddAsync();
        var student = system.Users.Add();
        await system.RegisterAsync(e, student);
        var answer = await system.Teacher.UpdateEventAsync(new UpdateEventRequest
        {
            Uuid = e.Id.ToString(),
            Title = "Новое имя",
            Text = "",
            Place = e.Place,
            StartsAt = Timestamp.FromDateTimeOffset(e.StartsAt),
            RegistrationOpensAt = Timestamp.FromDateTimeOffset(e.StartsAt.AddDays(-1)),
            RegistrationClosesAt = Timestamp.FromDateTimeOffset(e.StartsAt.AddHours(1)),
        });
        Assert.Equal(("Новое имя", ""), (answer.Title, answer.Text));
        Assert.Equal((e.StartsAt.AddDays(-1), e.StartsAt.AddHours(1)), (answer.RegistrationOpensAt.ToDateTimeOffset(), answer.RegistrationClosesAt.ToDateTimeOffset()));
        Assert.Empty(await system.HeardAsync(told => told.UserIds.Contains(student.ToString())));
    }

    [Fact]
    public async Task UpdateEvent_MoreSeats_MovesTheFirstUpAndTellsThem()
    {
        var e = await system.AddAsync(e => (e.Title, e.Place, e.Seats) = ("Хор", "", 1));
        await system.ChangeAsync(e.Id, e => (e.StartsAt, e.EndsAt) = (Start, Start.AddDays(1)));
        var students = new List<Guid>();
        for (var i = 0; i < 4; i++)
        {
            students.Add(system.Users.Add());
            await system.RegisterAsync(e, students[i]);
        }

        var answer = await system.Teacher.UpdateEventAsync(new UpdateEventRequest { Uuid = e.Id.ToString(), Seats = 3 });

        Assert.Equal((3, 3, 1), (answer.Seats, answer.SeatsTaken, answer.Waiting));
        Assert.Equal(
            [RegistrationStatus.Registered, RegistrationStatus.Registered, RegistrationStatus.Registered, RegistrationStatus.Waiting],
            (await system.RegistrationsOfAsync(e.Id)).Select(r => r.Status));
        var heard = Assert.Single(await system.HeardAsync(told => told.UserIds.Any(id => students.Contains(Guid.Parse(id)))));
        Assert.Equal((4, "Освободилось место, вы записаны на «Хор»: 05.09.2090 18:00 – 06.09.2090 18:00"), (heard.Type, EventsSystem.TextOf(heard)));
        Assert.Equal(students[1..3].Select(id => id.ToString()).Order(), heard.UserIds.Order());

        answer = await system.Teacher.UpdateEventAsync(new UpdateEventRequest { Uuid = e.Id.ToString(), Seats = 0 });
        Assert.Equal((false, 4, 0), (answer.HasSeats, answer.SeatsTaken, answer.Waiting));
    }

    [Fact]
    public async Task UpdateEvent_TimesAndSeatsOfNull_AreAsIfNeverGiven()
    {
        var e = await system.AddAsync(e => (e.Seats, e.RegistrationOpensAt, e.RegistrationClosesAt) = (1, e.CreatedAt.AddDays(1), e.CreatedAt.AddDays(2)));

        var kept = await UpdateAsync($$"""{"uuid":"{{e.Id}}","title":"Новое имя","place":null,"startsAt":null,"forGroups":null}""");
        Assert.Equal((e.Place, 1, e.StartsAt), (kept.Place, kept.Seats, kept.StartsAt.ToDateTimeOffset()));
        Assert.Equal((e.CreatedAt.AddDays(1), e.CreatedAt.AddDays(2)), (kept.RegistrationOpensAt.ToDateTimeOffset(), kept.RegistrationClosesAt.ToDateTimeOffset()));

        var cleared = await UpdateAsync($$"""{"uuid":"{{e.Id}}","registrationOpensAt":null,"registrationClosesAt":null,"seats":null}""");
        Assert.Equal((e.CreatedAt, e.StartsAt, false), (cleared.RegistrationOpensAt.ToDateTimeOffset(), cleared.RegistrationClosesAt.ToDateTimeOffset(), cleared.HasSeats));
        // It closes at the start from now on, wherever that goes.
        var moved = await UpdateAsync($$"""{"uuid":"{{e.Id}}","startsAt":"2090-09-05T15:00:00","endsAt":"2090-09-05T16:00:00"}""");
        Assert.Equal(moved.StartsAt, moved.RegistrationClosesAt);
    }

    [Fact]
    public async Task UpdateEvent_OtherGroups_TellsThoseWhoHaveNotBeenToldAndTakesNoSeat()
    {
        var (first, second) = (system.Users.AddGroup(), system.Users.AddGroup());
        var e = await system.AddAsync(e => (e.Title, e.Seats) = ($"Для групп {Guid.NewGuid()}", 1), first);
        var (seated, waiting, next) = (system.Users.Add(first), system.Users.Add(first), system.Users.Add(second));
        await system.RegisterAsync(e, seated);
        await system.RegisterAsync(e, waiting);

        var changed = await UpdateAsync($$"""{"uuid":"{{e.Id}}","forGroups":["{{second}}"]}""");
        await system.RegisterAsync(e, next);
        Assert.Equal(([second.ToString()], 1, 1), (changed.ForGroups, changed.SeatsTaken, changed.Waiting));
        var told = Assert.Single(await HeardAsync());
        Assert.Equal((2, second.ToString(), false), (told.Type, Assert.Single(told.GroupIds), told.Everyone));
        Assert.Equal(StatusCode.NotFound, (await EventsSystem.FailsAsync(system.As(system.Users.Add(first)).GetEventAsync(new GetEventRequest { Uuid = e.Id.ToString() }))).StatusCode);
        // Who waits longer may not come any more.
        await UpdateAsync($$"""{"uuid":"{{e.Id}}","seats":2}""");
        Assert.Equal(
            [(seated, RegistrationStatus.Registered), (waiting, RegistrationStatus.Waiting), (next, RegistrationStatus.Registered)],
            (await system.RegistrationsOfAsync(e.Id)).Select(r => (r.UserId, r.Status)));

        var open = await UpdateAsync($$"""{"uuid":"{{e.Id}}","seats":3,"forGroups":[]}""");
        Assert.Equal((0, 3, 0), (open.ForGroups.Count, open.SeatsTaken, open.Waiting));
        Assert.Equal([false, true], (await HeardAsync()).Select(heard => heard.Everyone));
        var unknown = Guid.NewGuid();
        Assert.Equal(
            new Status(StatusCode.NotFound, $"Group with such uuid not found: {unknown}"),
            await EventsSystem.FailsAsync(system.Teacher.UpdateEventAsync(ClientJson.Parse<UpdateEventRequest>($$"""{"uuid":"{{e.Id}}","forGroups":["{{unknown}}"]}"""))));

        Task<List<ShTP.Notifications.V1.NotifyRequest>> HeardAsync() => system.HeardAsync(heard => heard.Type == 2 && EventsSystem.TextOf(heard) == e.Title);
    }

    private async Task<Event> UpdateAsync(string json) => await system.Teacher.UpdateEventAsync(ClientJson.Parse<UpdateEventRequest>(json));

    [Fact]
    public async Task UpdateEvent_WhatIsNotAllowed_IsRefused()
    {
        var e = await system.AddAsync(e => e.Seats = 3);
        for (var i = 0; i < 2; i++)
            await system.RegisterAsync(e, system.Users.Add());
        var uuid = e.Id.ToString();
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "2 seats are taken; there cannot be fewer"), await Fails(new() { Uuid = uuid, Seats = 1 }));
        Assert.Equal(new Status(StatusCode.InvalidArgument, "Nothing to update"), await Fails(new() { Uuid = uuid }));
        Assert.Equal(StatusCode.NotFound, (await Fails(new() { Uuid = Guid.NewGuid().ToString(), Seats = 1 })).StatusCode);
        Assert.Equal(
            "uuid: value is not a valid uuid; title: field required; seats: must be between 0 and 10000; "
            + "cleared: can name seats, registrationOpensAt, registrationClosesAt, forGroups only; forGroups[0]: value is not a valid uuid",
            (await Fails(new() { Uuid = "x", Title = "", Seats = -1, Cleared = { "title" }, ForGroups = { "x" } })).Detail);
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "endsAt: must not be before startsAt; registrationClosesAt: must not be after endsAt"),
            await Fails(new() { Uuid = uuid, EndsAt = Timestamp.FromDateTimeOffset(e.StartsAt.AddHours(-1)) }));
        await system.ChangeAsync(e.Id, e => e.CancelledAt = e.CreatedAt);
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "The event is cancelled"), await Fails(new() { Uuid = uuid, Title = "Другое" }));
        Assert.Equal((e.Title, 3), ((await system.FindAsync(e.Id)).Title, (await system.FindAsync(e.Id)).Seats));

        Task<Status> Fails(UpdateEventRequest request) => EventsSystem.FailsAsync(system.Teacher.UpdateEventAsync(request));
    }

    [Fact]
    public async Task CancelEvent_Twice_TellsWhoComesOnce()
    {
        var e = await system.AddAsync(e => e.Title = "Поход");
        await system.ChangeAsync(e.Id, e => (e.StartsAt, e.EndsAt) = (Start, Start.AddHours(1)));
        var student = system.Users.Add();
        await system.RegisterAsync(e, student);

        var answer = await system.Teacher.CancelEventAsync(new CancelEventRequest { Uuid = e.Id.ToString(), Reason = " Дождь " });

        Assert.Equal("Дождь", answer.CancelReason);
        Assert.NotNull(answer.CancelledAt);
        Assert.Equal(answer, await system.Teacher.CancelEventAsync(new CancelEventRequest { Uuid = e.Id.ToString(), Reason = "Снег" }));
        var heard = Assert.Single(await system.HeardAsync(told => told.UserIds.Contains(student.ToString())));
        Assert.Equal((5, "Мероприятие «Поход» (05.09.2090 18:00–19:00) отменено. Причина: Дождь"), (heard.Type, EventsSystem.TextOf(heard)));
    }

    [Fact]
    public async Task CancelEvent_LongestTextsOfEmoji_AreTakenByNotifications()
    {
        var smiles = string.Concat(Enumerable.Repeat("😀", 100));
        var e = await system.AddAsync(e => e.Title = smiles);
        var student = system.Users.Add();
        await system.RegisterAsync(e, student);
        var reason = string.Concat(Enumerable.Repeat("😀", 250));
        await system.Teacher.CancelEventAsync(new CancelEventRequest { Uuid = e.Id.ToString(), Reason = reason });
        var told = Assert.Single(await system.HeardAsync(told => told.UserIds.Contains(student.ToString())));
        Assert.EndsWith($"отменено. Причина: {reason}", EventsSystem.TextOf(told), StringComparison.Ordinal);
        var checks = new ShTP.Rpc.Errors.FieldChecks();
        ShTP.Notifications.Messages.NotificationData.Check(checks, told.Type, told.Data);
        Assert.Null(checks.Faults);
    }

    [Fact]
    public async Task CancelEvent_WhatIsNotAllowed_IsRefused()
    {
        var ended = await system.AddAsync(e => (e.StartsAt, e.EndsAt) = (e.CreatedAt.AddHours(-2), e.CreatedAt.AddHours(-1)));
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "The event has ended"), await Fails(new() { Uuid = ended.Id.ToString() }));
        Assert.Equal(StatusCode.NotFound, (await Fails(new() { Uuid = Guid.NewGuid().ToString() })).StatusCode);
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "uuid: field required; reason: must have at most 500 characters"),
            await Fails(new() { Reason = new('x', 501) }));

        Task<Status> Fails(CancelEventRequest request) => EventsSystem.FailsAsync(system.Teacher.CancelEventAsync(request));
    }

    private static CreateEventRequest Request(string title) => new()
    {
        Title = title,
        Text = "О турнире\nи призах",
        Place = "Зал",
        StartsAt = Timestamp.FromDateTimeOffset(Start),
        EndsAt = Timestamp.FromDateTimeOffset(Start.AddHours(2)),
    };
}

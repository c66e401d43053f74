using Grpc.Core;
using ShTP.Events.V1;
using Xunit;

namespace ShTP.Services.Tests.Events;

public sealed class RegistrationTests(EventsSystem system) : IClassFixture<EventsSystem>
{
    [Fact]
    public async Task Register_SeatsThenNone_GivesPlacesInOrder()
    {
        var e = await system.AddAsync(e => e.Seats = 2);
        var places = new List<(RegistrationStatus, int)>();
        for (var i = 0; i < 4; i++)
        {
            var answer = await system.RegisterAsync(e, system.Users.Add());
            places.Add((answer.Status, answer.Place));
        }

        Assert.Equal(
            [(RegistrationStatus.Registered, 1), (RegistrationStatus.Registered, 2), (RegistrationStatus.Waiting, 1), (RegistrationStatus.Waiting, 2)], places);
        Assert.Equal((2, 2), await CountersAsync(e.Id));
    }

    [Fact]
    public async Task Register_Again_ChangesNothingAlsoWhenItIsClosed()
    {
        var e = await system.AddAsync(e => e.Seats = 1);
        var (seat, waits) = (system.Users.Add(), system.Users.Add());
        var (first, second) = (await system.RegisterAsync(e, seat), await system.RegisterAsync(e, waits));
        await system.ChangeAsync(e.Id, e => e.RegistrationClosesAt = e.CreatedAt);
        Assert.Equal(first, await system.RegisterAsync(e, seat));
        Assert.Equal(second, await system.RegisterAsync(e, waits));
        Assert.Equal((1, 1), await CountersAsync(e.Id));
        Assert.Equal(second, (await system.As(waits).GetEventAsync(new GetEventRequest { Uuid = e.Id.ToString() })).Registration);
    }

    [Fact]
    public async Task Register_ManyTimesAtOnce_IsOneRegistration()
    {
        var e = await system.AddAsync(e => e.Seats = 5);
        var student = system.Users.Add();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => system.RegisterAsync(e, student)));
        Assert.Equal((RegistrationStatus.Registered, 1), (Assert.Single(answers.Distinct()).Status, answers[0].Place));
        Assert.Equal((1, 0), await CountersAsync(e.Id));
    }

    [Fact]
    public async Task Register_WhenItIsNotOpen_IsRefused()
    {
        var student = system.Users.Add();
        var early = await system.AddAsync(e => e.RegistrationOpensAt = e.StartsAt.AddHours(-1));
        var late = await system.AddAsync(e => e.RegistrationClosesAt = e.CreatedAt.AddSeconds(-1));
        var cancelled = await system.AddAsync(e => e.CancelledAt = e.CreatedAt);
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "Registration is not open yet"), await Fails(early.Id));
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "Registration is closed"), await Fails(late.Id));
        Assert.Equal(new Status(StatusCode.FailedPrecondition, "The event is cancelled"), await Fails(cancelled.Id));
        Assert.Equal(new Status(StatusCode.NotFound, "No such event"), await Fails(Guid.NewGuid()));
        Assert.Equal((0, 0), await CountersAsync(late.Id));

        Task<Status> Fails(Guid id) => EventsSystem.FailsAsync(system.As(student).RegisterAsync(new RegisterRequest { Uuid = id.ToString() }));
    }

    [Fact]
    public async Task Register_ForAnotherGroup_IsNotFound()
    {
        var group = system.Users.AddGroup();
        var e = await system.AddAsync(null, group);
        var (member, other) = (system.Users.Add(group), system.Users.Add());
        Assert.Equal(RegistrationStatus.Registered, (await system.RegisterAsync(e, member)).Status);
        var request = new RegisterRequest { Uuid = e.Id.ToString() };
        Assert.Equal(StatusCode.NotFound, (await EventsSystem.FailsAsync(system.As(other).RegisterAsync(request))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await EventsSystem.FailsAsync(system.As(other).GetEventAsync(new GetEventRequest { Uuid = request.Uuid }))).StatusCode);
        Assert.Equal(2, (await system.Teacher.RegisterAsync(request)).Place);
    }

    [Fact]
    public async Task Register_ThenMovedToAnotherGroup_CanStillOpenIt()
    {
        var group = system.Users.AddGroup();
        var e = await system.AddAsync(e => e.Seats = 1, group);
        var (registered, waiting) = (system.Users.Add(group), system.Users.Add(group));
        await system.RegisterAsync(e, registered);
        await system.RegisterAsync(e, waiting);
        system.Users.AddGroup(registered);
        system.Users.AddGroup(waiting);

        foreach (var student in new[] { registered, waiting })
        {
            var client = system.As(student);
            var opened = await client.GetEventAsync(new GetEventRequest { Uuid = e.Id.ToString() });
            Assert.NotNull(opened.Registration);
            Assert.Equal(opened, (await client.ListMineAsync(new ListMineRequest())).Events.Single());
            Assert.Contains(opened, (await client.ListUpcomingAsync(new ListUpcomingRequest())).Events);
            Assert.Equal(opened.Registration, await system.RegisterAsync(e, student));
        }

        await system.ChangeAsync(e.Id, e => (e.StartsAt, e.EndsAt) = (e.CreatedAt.AddHours(-2), e.CreatedAt.AddHours(-1)));
        Assert.Contains((await system.As(registered).ListPastAsync(new ListPastRequest())).Events, past => past.Uuid == e.Id.ToString());
        Assert.DoesNotContain((await system.As(system.Users.Add()).ListPastAsync(new ListPastRequest())).Events, past => past.Uuid == e.Id.ToString());
    }

    [Fact]
    public async Task Unregister_FirstWhoWaitsMayNotComeAnyMore_GoesToTheNextWhoMay()
    {
        var group = system.Users.AddGroup();
        var e = await system.AddAsync(e => e.Seats = 1, group);
        Guid[] students = [.. Enumerable.Range(0, 4).Select(_ => system.Users.Add(group))];
        foreach (var student in students)
            await system.RegisterAsync(e, student);
        system.Users.AddGroup(students[1]);
        system.Users.AddGroup(students[3]);
        system.Users.Change(students[3], person => person.IsStaff = true);

        await UnregisterAsync(e.Id, students[0]);
        Assert.Equal(
            [(students[1], RegistrationStatus.Waiting), (students[2], RegistrationStatus.Registered), (students[3], RegistrationStatus.Waiting)],
            (await system.RegistrationsOfAsync(e.Id)).Select(r => (r.UserId, r.Status)));
        Assert.Equal((1, 2), await CountersAsync(e.Id));

        // Staff may come to everything.
        await UnregisterAsync(e.Id, students[2]);
        Assert.Equal(RegistrationStatus.Registered, (await system.RegistrationsOfAsync(e.Id)).Single(r => r.UserId == students[3]).Status);
        // Nobody is left who may come: the seat stays free.
        await UnregisterAsync(e.Id, students[3]);
        Assert.Equal((0, 1), await CountersAsync(e.Id));
        var heard = await system.HeardAsync(told => told.UserIds.Intersect(students.Select(id => id.ToString())).Any());
        Assert.Equal([students[2].ToString(), students[3].ToString()], heard.Select(told => Assert.Single(told.UserIds)));
    }

    [Fact]
    public async Task GetEvent_ForEveryone_DoesNotAskForTheGroup()
    {
        var e = await system.AddAsync();
        var student = system.Users.Add();
        await system.As(student).GetEventAsync(new GetEventRequest { Uuid = e.Id.ToString() });
        Assert.DoesNotContain(system.Users.Asked, asked => asked.Contains(student.ToString()));
        Assert.Equal(
            new Status(StatusCode.InvalidArgument, "uuid: value is not a valid uuid"),
            await EventsSystem.FailsAsync(system.As(student).GetEventAsync(new GetEventRequest { Uuid = "x" })));
    }

    [Fact]
    public async Task Unregister_ASeat_GoesToTheFirstWhoWaits()
    {
        var e = await system.AddAsync(e => e.Seats = 2);
        Guid[] students = [system.Users.Add(), system.Users.Add(), system.Users.Add(), system.Users.Add()];
        foreach (var student in students)
            await system.RegisterAsync(e, student);

        await UnregisterAsync(e.Id, students[0]);

        var client = system.As(students[2]);
        var mine = (await client.GetEventAsync(new GetEventRequest { Uuid = e.Id.ToString() })).Registration;
        Assert.Equal((RegistrationStatus.Registered, 2), (mine.Status, mine.Place));
        var next = (await system.As(students[3]).GetEventAsync(new GetEventRequest { Uuid = e.Id.ToString() })).Registration;
        Assert.Equal((RegistrationStatus.Waiting, 1), (next.Status, next.Place));
        Assert.Equal((2, 1), await CountersAsync(e.Id));
        var heard = Assert.Single(await system.HeardAsync(told => told.UserIds.Intersect(students.Select(id => id.ToString())).Any()));
        Assert.Equal((4, students[2].ToString()), (heard.Type, Assert.Single(heard.UserIds)));
    }

    [Fact]
    public async Task Unregister_WhoWaits_LeavesTheListAndNobodyMoves()
    {
        var e = await system.AddAsync(e => e.Seats = 1);
        Guid[] students = [system.Users.Add(), system.Users.Add(), system.Users.Add()];
        foreach (var student in students)
            await system.RegisterAsync(e, student);
        await UnregisterAsync(e.Id, students[1]);
        await UnregisterAsync(e.Id, students[1]);
        Assert.Equal((1, 1), await CountersAsync(e.Id));
        Assert.Equal(1, (await system.RegisterAsync(e, students[2])).Place);
        Assert.Equal(2, (await system.RegisterAsync(e, students[1])).Place);
    }

    [Fact]
    public async Task Unregister_CancelledEvent_MovesNobody()
    {
        var e = await system.AddAsync(e => e.Seats = 1);
        Guid[] students = [system.Users.Add(), system.Users.Add()];
        foreach (var student in students)
            await system.RegisterAsync(e, student);
        await system.ChangeAsync(e.Id, e => e.CancelledAt = e.CreatedAt);
        await UnregisterAsync(e.Id, students[0]);
        Assert.Equal((0, 1), await CountersAsync(e.Id));
        Assert.Empty(await system.HeardAsync(told => told.UserIds.Contains(students[1].ToString())));
    }

    [Fact]
    public async Task Unregister_StartedOrUnknown_IsRefused()
    {
        var e = await system.AddAsync();
        var student = system.Users.Add();
        await system.RegisterAsync(e, student);
        await system.ChangeAsync(e.Id, e => e.StartsAt = e.CreatedAt.AddSeconds(-1));
        var request = new UnregisterRequest { Uuid = e.Id.ToString() };
        Assert.Equal(
            new Status(StatusCode.FailedPrecondition, "The event has started"), await EventsSystem.FailsAsync(system.As(student).UnregisterAsync(request)));
        Assert.Equal((1, 0), await CountersAsync(e.Id));
        // Without a registration nothing changes, so nothing is refused.
        await UnregisterAsync(e.Id, system.Users.Add());
        request.Uuid = Guid.NewGuid().ToString();
        Assert.Equal(StatusCode.NotFound, (await EventsSystem.FailsAsync(system.As(student).UnregisterAsync(request))).StatusCode);
    }

    private async Task UnregisterAsync(Guid id, Guid user) => await system.As(user).UnregisterAsync(new UnregisterRequest { Uuid = id.ToString() });

    private async Task<(int, int)> CountersAsync(Guid id)
    {
        var e = await system.FindAsync(id);
        return (e.SeatsTaken, e.Waiting);
    }
}

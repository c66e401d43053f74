using ShTP.Events.V1;
using Xunit;

namespace ShTP.Services.Tests.Events;

/// <summary>The whole school wants the same seats.</summary>
public sealed class RaceTests(EventsSystem system) : IClassFixture<EventsSystem>
{
    private const int Seats = 30;

    [Fact]
    public async Task Register_ThousandAtOnceForThirtySeats_GivesThirtyAndAListInOrder()
    {
        var e = await system.AddAsync(e => e.Seats = Seats);
        var students = Enumerable.Range(0, 1000).Select(_ => system.Users.Add()).ToArray();

        var answers = await Task.WhenAll(students.Select(student => system.RegisterAsync(e, student)));

        Assert.Equal(Enumerable.Range(1, Seats), PlacesOf(answers, RegistrationStatus.Registered));
        Assert.Equal(Enumerable.Range(1, 1000 - Seats), PlacesOf(answers, RegistrationStatus.Waiting));
        var stored = await system.RegistrationsOfAsync(e.Id);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), stored.Select(r => r.Position));
        Assert.All(stored[..Seats], r => Assert.Equal(RegistrationStatus.Registered, r.Status));
        Assert.All(stored[Seats..], r => Assert.Equal(RegistrationStatus.Waiting, r.Status));
        await AssertCountersAsync(e.Id, Seats, 1000 - Seats);
        // What each was answered is what is stored.
        var placeOf = students.Zip(answers).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal(Enumerable.Range(1, 1000 - Seats), stored[Seats..].Select(r => placeOf[r.UserId].Place));

        await Task.WhenAll(stored[..Seats].Select(async r => await system.As(r.UserId).UnregisterAsync(new UnregisterRequest { Uuid = e.Id.ToString() })));

        var after = await system.RegistrationsOfAsync(e.Id);
        Assert.Equal(stored[Seats..].Select(r => r.UserId), after.Select(r => r.UserId));
        Assert.Equal(Seats, after.TakeWhile(r => r.Status == RegistrationStatus.Registered).Count());
        Assert.Equal(Seats, after.Count(r => r.Status == RegistrationStatus.Registered));
        await AssertCountersAsync(e.Id, Seats, 1000 - 2 * Seats);
        var heard = await system.HeardAsync(told => told.UserIds.Any(id => placeOf.ContainsKey(Guid.Parse(id))));
        Assert.Equal(after[..Seats].Select(r => r.UserId.ToString()).Order(), heard.SelectMany(told => told.UserIds).Order());
    }

    [Fact]
    public async Task Everything_AtOnce_KeepsCountersAndOrder()
    {
        var e = await system.AddAsync(e => e.Seats = 3);
        var students = Enumerable.Range(0, 12).Select(_ => system.Users.Add()).ToArray();
        var uuid = e.Id.ToString();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            var student = system.As(students[i * 7 % students.Length]);
            if (i % 25 == 0)
                await system.Teacher.UpdateEventAsync(new UpdateEventRequest { Uuid = uuid, Seats = 3 + i / 25 });
            else if (i % 2 == 0)
                await student.RegisterAsync(new RegisterRequest { Uuid = uuid });
            else
                await student.UnregisterAsync(new UnregisterRequest { Uuid = uuid });
        }).Select(async call => await IgnoreRefusedAsync(call)));
        var (stored, now) = (await system.RegistrationsOfAsync(e.Id), await system.FindAsync(e.Id));
        var taken = stored.Count(r => r.Status == RegistrationStatus.Registered);
        Assert.Equal((taken, stored.Count - taken), (now.SeatsTaken, now.Waiting));
        Assert.True(taken <= now.Seats && (now.Waiting == 0 || taken == now.Seats));
        Assert.Equal(taken, stored.TakeWhile(r => r.Status == RegistrationStatus.Registered).Count());
    }

    // Fewer seats than are taken at that moment.
    private static async Task IgnoreRefusedAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (Grpc.Core.RpcException fault) when (fault.StatusCode == Grpc.Core.StatusCode.FailedPrecondition)
        {
        }
    }

    private async Task AssertCountersAsync(Guid id, int taken, int waiting)
    {
        var e = await system.FindAsync(id);
        Assert.Equal((taken, waiting), (e.SeatsTaken, e.Waiting));
    }

    private static IEnumerable<int> PlacesOf(Registration[] answers, RegistrationStatus status) =>
        answers.Where(answer => answer.Status == status).Select(answer => answer.Place).Order();
}

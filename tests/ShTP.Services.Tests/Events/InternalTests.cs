using System.Text;
using System.Text.Json;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Events.V1;
using ShTP.Data.Outbox;
using Xunit;

namespace ShTP.Services.Tests.Events;

public sealed class InternalTests(EventsSystem system) : IClassFixture<EventsSystem>
{
    [Fact]
    public async Task DeleteUser_SeatsAndPlaces_GoToThoseWhoWaitOnce()
    {
        var (student, first, second) = (system.Users.Add(), system.Users.Add(), system.Users.Add());
        var seat = await system.AddAsync(e => (e.Seats, e.Title) = (1, "seat"));
        var place = await system.AddAsync(e => (e.Seats, e.Title) = (1, "place"));
        var ended = await system.AddAsync(e => (e.Seats, e.Title) = (1, "ended"));
        foreach (var user in (Guid[])[student, first, second])
            await system.RegisterAsync(seat, user);
        foreach (var user in (Guid[])[first, student, second])
            await system.RegisterAsync(place, user);
        foreach (var user in (Guid[])[student, second])
            await system.RegisterAsync(ended, user);
        await system.ChangeAsync(ended.Id, e => (e.StartsAt, e.EndsAt) = (e.CreatedAt.AddHours(-2), e.CreatedAt.AddHours(-1)));
        var address = (await system.As(student).GetCalendarAddressAsync(new GetCalendarAddressRequest())).Path;
        var message = Guid.NewGuid();

        await DeleteAsync(student, message);
        await DeleteAsync(student, message);

        Assert.Equal([(first, RegistrationStatus.Registered), (second, RegistrationStatus.Waiting)], await RegisteredAsync(seat.Id));
        Assert.Equal([(first, RegistrationStatus.Registered), (second, RegistrationStatus.Waiting)], await RegisteredAsync(place.Id));
        // What is over stays as it was.
        Assert.Equal([(second, RegistrationStatus.Waiting)], await RegisteredAsync(ended.Id));
        Assert.Equal([(1, 1), (1, 1), (0, 1)], [await CountersAsync(seat.Id), await CountersAsync(place.Id), await CountersAsync(ended.Id)]);
        var heard = Assert.Single(await system.HeardAsync(told => told.UserIds.Contains(first.ToString())));
        Assert.Contains("«seat»", EventsSystem.TextOf(heard), StringComparison.Ordinal);
        Assert.Empty(await system.HeardAsync(told => told.UserIds.Contains(second.ToString())));
        Assert.Equal(StatusCode.NotFound, (await EventsSystem.FailsAsync(system.Anonymous.GetCalendarAsync(new GetCalendarRequest { File = address[24..] }))).StatusCode);
    }

    [Fact]
    public async Task DeleteUser_AuthorOfEvents_LeavesThemWithoutOne()
    {
        var author = Guid.NewGuid();
        var e = await system.AddAsync(e => e.AuthorId = author);
        var other = await system.AddAsync();
        await DeleteAsync(author, Guid.NewGuid());
        Assert.False((await system.Teacher.GetEventAsync(new GetEventRequest { Uuid = e.Id.ToString() })).HasAuthorId);
        Assert.Equal(system.TeacherId, (await system.FindAsync(other.Id)).AuthorId);
    }

    [Fact]
    public async Task DeleteUser_ManyOfOneEventAtOnce_MovesTheListOn()
    {
        var events = new[] { await system.AddAsync(e => e.Seats = 5), await system.AddAsync(e => e.Seats = 5) };
        var students = Enumerable.Range(0, 20).Select(_ => system.Users.Add()).ToArray();
        foreach (var student in students)
        {
            await system.RegisterAsync(events[0], student);
            await system.RegisterAsync(events[1], student);
        }

        await Task.WhenAll(students[..10].Select(student => DeleteAsync(student, Guid.NewGuid())));

        foreach (var e in events)
        {
            Assert.Equal(
                students[10..].Select((student, index) => (student, index < 5 ? RegistrationStatus.Registered : RegistrationStatus.Waiting)), await RegisteredAsync(e.Id));
            Assert.Equal((5, 5), await CountersAsync(e.Id));
        }
    }

    [Fact]
    public async Task Internal_MalformedUser_IsInvalid()
    {
        var status = await EventsSystem.FailsAsync(system.Internal.DeleteUserAsync(new DeleteUserRequest { UserId = "x" }));
        Assert.Equal(new Status(StatusCode.InvalidArgument, "userId: value is not a valid uuid"), status);
        var fault = await Assert.ThrowsAsync<RpcException>(() => ExportAsync("x"));
        Assert.Equal(new Status(StatusCode.InvalidArgument, "userId: value is not a valid uuid"), fault.Status);
        Assert.Equal(
            StatusCode.InvalidArgument,
            (await EventsSystem.FailsAsync(system.Internal.DeleteUserAsync(new DeleteUserRequest { UserId = Guid.NewGuid().ToString() }))).StatusCode);
    }

    [Fact]
    public async Task ExportUser_RegistrationsAndAuthoredEvents_AreAllThere()
    {
        var student = system.Users.Add();
        var full = await system.AddAsync(e => e.Seats = 1);
        var own = await system.AddAsync(e => (e.AuthorId, e.Title) = (student, "Своё"));
        await system.RegisterAsync(full, system.Users.Add());
        await system.RegisterAsync(full, student);
        await system.RegisterAsync(own, student);

        var files = await ExportAsync(student.ToString());

        Assert.Equal(["events.json", "registrations.json"], files.Keys.Order());
        var registrations = files["registrations.json"].RootElement.EnumerateArray().ToDictionary(row => row.GetProperty("event").GetGuid());
        Assert.Equal("waiting", registrations[full.Id].GetProperty("status").GetString());
        Assert.Equal(("registered", "Своё"), (registrations[own.Id].GetProperty("status").GetString(), registrations[own.Id].GetProperty("title").GetString()));
        var authored = Assert.Single(files["events.json"].RootElement.EnumerateArray());
        Assert.Equal((own.Id, "Текст"), (authored.GetProperty("id").GetGuid(), authored.GetProperty("text").GetString()));
        Assert.All((await ExportAsync(Guid.NewGuid().ToString())).Values, document => Assert.Equal(0, document.RootElement.GetArrayLength()));
    }

    private async Task DeleteAsync(Guid user, Guid message) => await system.Internal.DeleteUserAsync(
        new DeleteUserRequest { UserId = user.ToString() }, new Metadata { { OutboxExtensions.MessageIdHeader, message.ToString() } });

    private async Task<Dictionary<string, JsonDocument>> ExportAsync(string user)
    {
        var files = new Dictionary<string, StringBuilder>();
        using var call = system.Internal.ExportUser(new ExportUserRequest { UserId = user });
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
        {
            if (!files.TryGetValue(piece.Path, out var text))
                files[piece.Path] = text = new StringBuilder();
            text.Append(piece.Content.ToStringUtf8());
        }

        return files.ToDictionary(file => file.Key, file => JsonDocument.Parse(file.Value.ToString()));
    }

    private async Task<List<(Guid, RegistrationStatus)>> RegisteredAsync(Guid id) => [.. (await system.RegistrationsOfAsync(id)).Select(r => (r.UserId, r.Status))];

    private async Task<(int, int)> CountersAsync(Guid id) =>
        await system.WithDbAsync(async db => await db.Events.Where(e => e.Id == id).Select(e => new { e.SeatsTaken, e.Waiting }).SingleAsync()) is var e
            ? (e.SeatsTaken, e.Waiting)
            : default;
}

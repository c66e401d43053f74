using System.Globalization;
using Grpc.Core;
using ShTP.Events.V1;
using Xunit;

namespace ShTP.Services.Tests.Events;

public sealed class ParticipantsTests(EventsSystem system) : IClassFixture<EventsSystem>
{
    [Fact]
    public async Task ListParticipants_SeatsThenWaiting_InOrder()
    {
        var e = await system.AddAsync(e => e.Seats = 2);
        Guid[] students = [system.Users.Add(lastName: "А"), system.Users.Add(lastName: "Б"), system.Users.Add(lastName: "В"), system.Users.Add(lastName: "Г")];
        foreach (var student in students)
            await system.RegisterAsync(e, student);
        // The third one moves up and stays behind the second.
        await system.As(students[0]).UnregisterAsync(new UnregisterRequest { Uuid = e.Id.ToString() });

        var rows = (await system.Teacher.ListParticipantsAsync(new ListParticipantsRequest { Uuid = e.Id.ToString() })).Participants;

        Assert.Equal(
            [("Б", RegistrationStatus.Registered, 1), ("В", RegistrationStatus.Registered, 2), ("Г", RegistrationStatus.Waiting, 1)],
            rows.Select(row => (row.LastName, row.Registration.Status, row.Registration.Place)));
        Assert.Equal((students[1].ToString(), "Ада", "default.png", 10), (rows[0].Uuid, rows[0].FirstName, rows[0].AvatarPath, rows[0].LearningClass));
        Assert.Single(system.Users.Asked, asked => asked.Contains(students[1].ToString()));
    }

    [Fact]
    public async Task ListParticipants_MoreThanTwoThousand_GivesTheFirst()
    {
        var e = await system.AddAsync();
        await system.WithDbAsync(async db =>
        {
            for (var i = 1; i <= 2001; i++)
                db.Registrations.Add(new() { EventId = e.Id, UserId = Guid.NewGuid(), Position = i, Status = RegistrationStatus.Registered });
            return await db.SaveChangesAsync();
        });
        var rows = (await system.Teacher.ListParticipantsAsync(new ListParticipantsRequest { Uuid = e.Id.ToString() })).Participants;
        Assert.Equal(Enumerable.Range(1, 2000), rows.Select(row => row.Registration.Place));
        // Whom Users does not know any more still has the seat.
        Assert.Equal("", rows[0].LastName);
    }

    [Fact]
    public async Task ExportParticipants_NamesLikeFormulas_AreHarmlessText()
    {
        var e = await system.AddAsync(e => e.Seats = 1);
        string[] names = ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "Мамин-Сибиряк, \"Д\""];
        foreach (var name in names)
            await system.RegisterAsync(e, system.Users.Add(lastName: name, learningClass: 11));

        var request = new ExportParticipantsRequest { Uuid = e.Id.ToString() };
        var body = await system.Teacher.ExportParticipantsAsync(request);

        Assert.Equal("text/csv; charset=utf-8", body.ContentType);
        Assert.Equal(
            "attachment; filename=participants.csv",
            await system.DispositionAsync(EventsService.Descriptor.FindMethodByName("ExportParticipants"), request));
        Assert.Equal([0xEF, 0xBB, 0xBF], body.Data.Span[..3].ToArray());
        using var reader = new CsvHelper.CsvReader(new StreamReader(new MemoryStream(body.Data.ToByteArray())), new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = ";" });
        var rows = new List<string[]>();
        while (await reader.ReadAsync())
            rows.Add(reader.Parser.Record!);
        Assert.Equal(["place", "status", "lastName", "firstName", "learningClass", "registeredAt"], rows[0]);
        Assert.Equal([.. names[..6].Select(name => $"'{name}"), names[6]], rows[1..].Select(row => row[2]));
        Assert.Equal(["1 registered", "1 waiting", "2 waiting", "3 waiting", "4 waiting", "5 waiting", "6 waiting"], rows[1..].Select(row => $"{row[0]} {row[1]}"));
        Assert.Equal(("Ада", "11"), (rows[1][3], rows[1][4]));
        Assert.InRange(DateTimeOffset.Parse(rows[1][5], CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
    }

    /// <summary>The import of users reads both.</summary>
    [Fact]
    public async Task ExportParticipants_ForARussianReader_HasRussianHeadings()
    {
        var e = await system.AddAsync();
        await system.RegisterAsync(e, system.Users.Add(lastName: "Лавлейс"));

        var body = await system.Teacher.ExportParticipantsAsync(new ExportParticipantsRequest { Uuid = e.Id.ToString() }, new Metadata { { "accept-language", "ru" } });

        var lines = body.Data.ToStringUtf8().TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        Assert.Equal("место;статус;фамилия;имя;класс;время записи", lines[0]);
        Assert.StartsWith("1;в списке;Лавлейс;Ада;", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Participants_UnknownEvent_IsNotFound()
    {
        var uuid = Guid.NewGuid().ToString();
        var expected = new Status(StatusCode.NotFound, "No such event");
        Assert.Equal(expected, await EventsSystem.FailsAsync(system.Teacher.ListParticipantsAsync(new ListParticipantsRequest { Uuid = uuid })));
        Assert.Equal(expected, await EventsSystem.FailsAsync(system.Teacher.ExportParticipantsAsync(new ExportParticipantsRequest { Uuid = uuid })));
    }
}

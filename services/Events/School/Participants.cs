using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using ShTP.Events.V1;
using ShTP.Users.V1;

namespace ShTP.Events.School;

/// <summary>The registered users of an event and its waiting list, in order.</summary>
internal sealed class Participants(EventsDb db, UsersInternal.UsersInternalClient users)
{
    private const int MaxRows = 2000;
    private const int MaxSummaries = 1000; // of one GetSummariesRequest

    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND.</exception>
    public async Task<IReadOnlyList<Participant>> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await db.Events.AnyAsync(e => e.Id == id, cancellationToken))
            throw EventsService.NoSuchEvent();
        var rows = await db.Registrations.AsNoTracking().Where(r => r.EventId == id)
            .OrderByDescending(r => r.Status).ThenBy(r => r.Position).Take(MaxRows).ToListAsync(cancellationToken);
        var known = await ReadSummariesAsync(rows.Select(r => r.UserId.ToString()), cancellationToken);
        var places = new Dictionary<RegistrationStatus, int>();
        return [.. rows.Select(row =>
        {
            places[row.Status] = places.GetValueOrDefault(row.Status) + 1;
            return ToProto(row, places[row.Status], known.GetValueOrDefault(row.UserId.ToString()) ?? new UserSummary());
        })];
    }

    /// <summary>The participants as CSV with a byte order mark for UTF-8. A Russian Excel splits columns at semicolons, and the import of users accepts both.</summary>
    public static ByteString ToCsv(IEnumerable<Participant> participants)
    {
        using var file = new MemoryStream();
        using (var text = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true))
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = ";", InjectionOptions = InjectionOptions.Escape }))
        {
            WriteRow(csv, ["place", "status", "lastName", "firstName", "learningClass", "registeredAt"]);
            foreach (var one in participants)
                WriteRow(csv,
                [
                    one.Registration.Place.ToString(CultureInfo.InvariantCulture),
                    one.Registration.Status == RegistrationStatus.Registered ? "registered" : "waiting",
                    one.LastName,
                    one.FirstName,
                    one.LearningClass.ToString(CultureInfo.InvariantCulture),
                    one.Registration.RegisteredAt.ToDateTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                ]);
        }

        return ByteString.CopyFrom(file.GetBuffer().AsSpan(0, (int)file.Length));
    }

    private static void WriteRow(CsvWriter csv, string[] cells)
    {
        foreach (var cell in cells)
            csv.WriteField(cell);
        csv.NextRecord();
    }

    private async Task<Dictionary<string, UserSummary>> ReadSummariesAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, UserSummary>();
        foreach (var some in ids.Chunk(MaxSummaries))
        {
            foreach (var summary in (await users.GetSummariesAsync(new GetSummariesRequest { UserIds = { some } }, cancellationToken: cancellationToken)).Users)
                known[summary.Uuid] = summary;
        }

        return known;
    }

    private static Participant ToProto(Registration row, int place, UserSummary user) => new()
    {
        Uuid = row.UserId.ToString(),
        FirstName = user.FirstName,
        LastName = user.LastName,
        AvatarPath = user.AvatarPath,
        GroupId = user.GroupId,
        LearningClass = user.LearningClass,
        Registration = new V1.Registration { Status = row.Status, Place = place, RegisteredAt = Timestamp.FromDateTimeOffset(row.RegisteredAt) },
    };
}

using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using ShTP.Events.V1;
using ShTP.Localization;
using ShTP.Rpc;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Events.School;

/// <summary>The registered users of an event and its waiting list, in order.</summary>
internal sealed class Participants(EventsDb db, UsersInternal.UsersInternalClient users)
{
    private const int MaxRows = 2000;
    private const int MaxParticipants = 100_000; // as many as Users names at once
    private const int MaxSummaries = 1000; // of one GetSummariesRequest

    private static readonly LocalizedText[] Header = ["place", "status", "lastName", "firstName", "learningClass", "registeredAt"];
    private static readonly LocalizedText Registered = "registered";
    private static readonly LocalizedText Waiting = "waiting";

    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND, or INVALID_ARGUMENT when <paramref name="after"/> is no participant.</exception>
    public async Task<Page<Participant>> ReadPageAsync(Guid id, Guid? after, CancellationToken cancellationToken)
    {
        var all = await ReadRegistrationsAsync(id, cancellationToken);
        var start = after is null ? 0 : all.FindIndex(row => row.Registration.UserId == after) + 1;
        if (after is not null && start == 0)
            throw RpcErrors.InvalidField("after", "nobody with this uuid takes part");
        return (await ToProtoAsync([.. all.Skip(start).Take(MaxRows + 1)], cancellationToken)).ToPage(MaxRows);
    }

    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND.</exception>
    public async Task<IEnumerable<Participant>> ReadAllAsync(Guid id, CancellationToken cancellationToken) =>
        await ToProtoAsync(await ReadRegistrationsAsync(id, cancellationToken), cancellationToken);

    private async Task<List<(Registration Registration, int Place)>> ReadRegistrationsAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await db.Events.AnyAsync(e => e.Id == id, cancellationToken))
            throw EventsService.NoSuchEvent();
        var rows = await db.Registrations.AsNoTracking().Where(r => r.EventId == id)
            .OrderByDescending(r => r.Status).ThenBy(r => r.Position).Take(MaxParticipants + 1).ToListAsync(cancellationToken);
        if (rows.Count > MaxParticipants)
            throw RpcErrors.WrongState($"The event has more than {MaxParticipants} participants");
        return [.. rows.GroupBy(row => row.Status).SelectMany(status => status.Select((row, index) => (row, index + 1)))];
    }

    private async Task<IEnumerable<Participant>> ToProtoAsync(List<(Registration Registration, int Place)> rows, CancellationToken cancellationToken)
    {
        var known = await ReadSummariesAsync(rows.Select(row => row.Registration.UserId.ToString()), cancellationToken);
        return rows.Select(row => ToProto(row.Registration, row.Place, known.GetValueOrDefault(row.Registration.UserId.ToString()) ?? new UserSummary()));
    }

    /// <summary>The participants as CSV with a byte order mark for UTF-8. A Russian Excel splits columns at semicolons, and the import of users accepts both.</summary>
    public static ByteString ToCsv(IEnumerable<Participant> participants)
    {
        using var file = new MemoryStream();
        using (var text = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true))
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = ";", InjectionOptions = InjectionOptions.Escape }))
        {
            WriteRow(csv, [.. Header.Select(name => name.ToString())]);
            foreach (var one in participants)
                WriteRow(csv,
                [
                    one.Registration.Place.ToString(CultureInfo.InvariantCulture),
                    (one.Registration.Status == RegistrationStatus.Registered ? Registered : Waiting).ToString(),
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

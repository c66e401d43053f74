using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ShTP.Api.V1;
using ShTP.Import.OldDatabase;
using ShTP.Notifications.V1;

namespace ShTP.Import.Moves;

/// <summary>Notifications, oldest first, because sequence numbers follow this order.</summary>
internal sealed class NotificationMove(Run run) : TableMove<ImportedNotification>(run, OldTables.Notifications)
{
    private const int NoType = -1;

    protected override ImportedNotification Translate(OldRow row)
    {
        var createdAt = row.CreatedAt();
        return new ImportedNotification
        {
            Uuid = row.Id.ToString(),
            UserId = ReadUser(row),
            Type = row.Number("type", NoType),
            Data = ReadData(row),
            Viewed = row.Bool("viewed") ?? false,
            CreatedAt = createdAt,
            UpdatedAt = row.UpdatedAt(createdAt),
        };
    }

    protected override Task<List<ImportResult>> SendAsync(IReadOnlyList<ImportedNotification> messages, bool isDryRun, CancellationToken cancellationToken) =>
        Run.Target.ImportNotificationsAsync(messages, isDryRun, cancellationToken);

    private string ReadUser(OldRow row)
    {
        var user = row.Reference("to_user", OldTables.Users);
        if (user is { } id && Run.Users.Contains(id))
            return id.ToString();
        row.RefuseUser("to_user", $"the user {row.TextOrNull("to_user") ?? "NULL"} was not moved", user is { } gone && Run.DeletedUsers.Contains(gone));
        return "";
    }

    private static Struct? ReadData(OldRow row)
    {
        var data = row.Json("data");
        if (data is { ValueKind: JsonValueKind.Object } json)
        {
            try
            {
                return JsonParser.Default.Parse<Struct>(json.GetRawText());
            }
            catch (Exception fault) when (fault is InvalidProtocolBufferException or InvalidJsonException)
            {
                row.Refuse("data", fault.Message);
                return null;
            }
        }

        row.Refuse("data", $"'{OldRow.Short(row.Text("data"))}' is no JSON object");
        return null;
    }
}

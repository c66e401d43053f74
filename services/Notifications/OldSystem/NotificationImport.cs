using ShTP.Notifications.Messages;
using ShTP.Notifications.V1;
using ShTP.OldSystem;
using Notification = ShTP.Notifications.Messages.Notification;

namespace ShTP.Notifications.OldSystem;

/// <summary>Imports notifications.</summary>
internal sealed class NotificationImport(NotificationsDb db) : RowImport<ImportedNotification, Notification>(db)
{
    protected override IReadOnlyCollection<string> Ignored => [nameof(Notification.Sequence)];

    protected override string UuidOf(ImportedNotification row) => row.Uuid;

    protected override Notification Read(ImportedNotification row, Guid id, RowNotes notes)
    {
        foreach (var (name, value) in NotificationData.RemoveUnknown(row.Type, row.Data))
            notes.Drop($"data.{name}", value.ToString(), $"notifications of type {row.Type} have no such field");
        return new Notification
        {
            Id = id,
            UserId = notes.Checks.Uuid(row.UserId, "to_user"),
            Data = NotificationData.Check(notes.Checks, row.Type, row.Data),
            Type = (short)row.Type,
            Viewed = row.Viewed,
            CreatedAt = notes.Time(row.CreatedAt, "created_at"),
            UpdatedAt = notes.Time(row.UpdatedAt, "updated_at"),
        };
    }

    // EF Core reorders inserts; sequence numbers must follow the order of the rows.
    protected override Task StoreAsync(IReadOnlyList<Notification> entities, CancellationToken cancellationToken) =>
        db.StoreQuietlyAsync(entities, cancellationToken);
}

using Google.Protobuf;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using Microsoft.EntityFrameworkCore;
using ShTP.Events.School;
using ShTP.Events.V1;
using ShTP.Data;

namespace ShTP.Events.Calendars;

/// <summary>A user's events as iCalendar (RFC 5545). Unchanged events always have the same output.</summary>
internal sealed class CalendarFile(EventsDb db, Audience audience, TimeProvider clock)
{
    private const int MaxEvents = 500;

    // The whole calendar must fit into one message. The full text is in the event itself.
    private const int MaxDescription = 1000;

    private static readonly TimeSpan Past = TimeSpan.FromDays(90);

    public async Task<ByteString> WriteAsync(Guid user, CancellationToken cancellationToken)
    {
        var from = clock.Now() - Past;
        // No user has the empty group; deleted users get it.
        var group = await audience.GroupOfAsync(user, cancellationToken) ?? Guid.Empty;
        // Cancelled events matter only to users who registered or waited.
        var rows = await db.RowsFor(db.Events.Where(e => e.EndsAt > from), user)
            .Where(row => row.Registration != null || (row.Event.CancelledAt == null
                && (row.Event.ForGroups == Audience.NoGroups || row.Event.ForGroups.Contains(group))))
            .OrderBy(row => row.Event.StartsAt).ThenBy(row => row.Event.Id).Take(MaxEvents).ToListAsync(cancellationToken);

        var calendar = new Calendar { ProductId = "-//ShTP//Events//RU", Method = CalendarMethods.Publish };
        calendar.AddProperty("X-WR-CALNAME", "ШТП");
        calendar.Events.AddRange(rows.Select(ToComponent));
        // A calendar without any component is no valid one.
        if (rows.Count == 0)
            calendar.AddTimeZone(Utc());
        return ByteString.CopyFromUtf8(new CalendarSerializer(calendar).SerializeToString()!);
    }

    private static CalendarEvent ToComponent(EventRow row)
    {
        var e = row.Event;
        return new CalendarEvent
        {
            Uid = $"{e.Id}@shtp",
            // The time of the last change of the event, not of this request.
            DtStamp = Utc(e.UpdatedAt),
            LastModified = Utc(e.UpdatedAt),
            Created = Utc(e.CreatedAt),
            Sequence = e.Revision,
            Start = Utc(e.StartsAt),
            // An end must be later than the start, in whole seconds as they are written; without one it is an event without a length.
            End = Utc(e.EndsAt).Value > Utc(e.StartsAt).Value ? Utc(e.EndsAt) : null,
            Summary = e.Title,
            Description = e.Text.Length > 0 ? Shorten(e.Text) : null,
            Location = e.Place.Length > 0 ? e.Place : null,
            Status = StatusOf(row),
        };
    }

    private static string? StatusOf(EventRow row) => row switch
    {
        { Event.CancelledAt: not null } => EventStatus.Cancelled,
        { Registration.Status: RegistrationStatus.Registered } => EventStatus.Confirmed,
        { Registration.Status: RegistrationStatus.Waiting } => EventStatus.Tentative,
        _ => null,
    };

    private static string Shorten(string text)
    {
        text = text.ReplaceLineEndings("\n");
        if (text.Length <= MaxDescription)
            return text;
        var length = char.IsHighSurrogate(text[MaxDescription - 1]) ? MaxDescription - 1 : MaxDescription;
        return $"{text[..length]}…";
    }

    private static CalDateTime Utc(DateTimeOffset time) =>
        new(time.UtcDateTime.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerSecond)), CalDateTime.UtcTzId);

    private static VTimeZone Utc()
    {
        var zone = new VTimeZone(CalDateTime.UtcTzId);
        zone.Children.Add(new VTimeZoneInfo("STANDARD")
        {
            Start = new CalDateTime(1970, 1, 1, 0, 0, 0),
            OffsetFrom = new UtcOffset(TimeSpan.Zero),
            OffsetTo = new UtcOffset(TimeSpan.Zero),
        });
        return zone;
    }
}

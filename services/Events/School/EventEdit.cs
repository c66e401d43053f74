using ShTP.Events.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>The changes of an UpdateEvent: independent checks run once, the others against the locked event.</summary>
internal sealed class EventEdit
{
    private static readonly string[] Clearable = ["seats", "registrationOpensAt", "registrationClosesAt", "forGroups"];

    private readonly UpdateEventRequest request;
    private readonly DateTimeOffset? startsAt;
    private readonly DateTimeOffset? endsAt;
    private readonly DateTimeOffset? opensAt;
    private readonly DateTimeOffset? closesAt;

    public EventEdit(UpdateEventRequest request, FieldChecks checks)
    {
        this.request = request;
        if (request.HasTitle)
            request.Title = EventTexts.Title(checks, request.Title);
        if (request.HasText)
            EventTexts.Text(checks, request.Text);
        if (request.HasPlace)
            request.Place = EventTexts.Place(checks, request.Place);
        if (request.HasSeats)
            checks.Range(request.Seats, 0, Event.MaxSeats, "seats");
        startsAt = checks.Time(request.StartsAt, "startsAt");
        endsAt = checks.Time(request.EndsAt, "endsAt");
        opensAt = checks.Time(request.RegistrationOpensAt, "registrationOpensAt");
        closesAt = checks.Time(request.RegistrationClosesAt, "registrationClosesAt");
        if (request.Cleared.Any(name => !Clearable.Contains(name)))
            checks.Add("cleared", $"can name {string.Join(", ", Clearable)} only");
        if (request.ForGroups.Count > 0 || IsCleared("forGroups"))
            Groups = EventTexts.Groups(checks, request.ForGroups);
    }

    /// <summary>For whom it shall be; null when that stays.</summary>
    public Guid[]? Groups { get; }

    public bool IsEmpty => !request.HasTitle && !request.HasText && !request.HasPlace && !request.HasSeats
        && startsAt is null && endsAt is null && opensAt is null && closesAt is null && Groups is null && request.Cleared.Count == 0;

    /// <summary>Changes the event; true when time or place changed and participants must be notified.</summary>
    /// <exception cref="Grpc.Core.RpcException">As documented for UpdateEvent in events.proto.</exception>
    public bool Apply(Event e)
    {
        var checks = new FieldChecks();
        var window = WindowAfter(e);
        window.Check(checks);
        checks.ThrowIfInvalid();
        if (request.HasSeats && request.Seats > 0 && request.Seats < e.SeatsTaken)
            throw RpcErrors.WrongState($"{e.SeatsTaken} seats are taken; there cannot be fewer");

        var moves = (window.StartsAt, window.EndsAt) != (e.StartsAt, e.EndsAt) || request.HasPlace && request.Place != e.Place;
        window.Apply(e);
        e.Title = request.HasTitle ? request.Title : e.Title;
        e.Text = request.HasText ? request.Text : e.Text;
        e.Place = request.HasPlace ? request.Place : e.Place;
        e.Seats = request.HasSeats ? (request.Seats > 0 ? request.Seats : null) : IsCleared("seats") ? null : e.Seats;
        e.ForGroups = Groups ?? e.ForGroups;
        return moves;
    }

    private bool IsCleared(string field) => request.Cleared.Contains(field);

    private EventWindow WindowAfter(Event e)
    {
        var starts = startsAt ?? e.StartsAt;
        // Without an explicit time registration closes at the start, also when the start moves.
        var closes = closesAt ?? (e.RegistrationClosesAt == e.StartsAt || IsCleared("registrationClosesAt") ? starts : e.RegistrationClosesAt);
        var opens = opensAt ?? (IsCleared("registrationOpensAt") ? e.CreatedAt : e.RegistrationOpensAt);
        return new EventWindow(starts, endsAt ?? e.EndsAt, opens, closes);
    }
}

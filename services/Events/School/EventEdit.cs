using ShTP.Events.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>The changes of an UpdateEvent: independent checks run once, the others against the locked event.</summary>
internal sealed class EventEdit
{
    private static readonly string[] Clearable = ["seats", "registrationOpensAt", "registrationClosesAt", "forGroups"];

    private readonly UpdateEventRequest _request;
    private readonly DateTimeOffset? _startsAt;
    private readonly DateTimeOffset? _endsAt;
    private readonly DateTimeOffset? _opensAt;
    private readonly DateTimeOffset? _closesAt;

    public EventEdit(UpdateEventRequest request, FieldChecks checks)
    {
        _request = request;
        if (request.HasTitle)
            request.Title = EventTexts.Title(checks, request.Title);
        if (request.HasText)
            EventTexts.Text(checks, request.Text);
        if (request.HasPlace)
            request.Place = EventTexts.Place(checks, request.Place);
        if (request.HasSeats)
            checks.Range(request.Seats, 0, Event.MaxSeats, "seats");
        _startsAt = checks.Time(request.StartsAt, "startsAt");
        _endsAt = checks.Time(request.EndsAt, "endsAt");
        _opensAt = checks.Time(request.RegistrationOpensAt, "registrationOpensAt");
        _closesAt = checks.Time(request.RegistrationClosesAt, "registrationClosesAt");
        if (request.Cleared.Any(name => !Clearable.Contains(name)))
            checks.Add("cleared", $"can name {string.Join(", ", Clearable)} only");
        if (request.ForGroups.Count > 0 || IsCleared("forGroups"))
            Groups = EventTexts.Groups(checks, request.ForGroups);
    }

    /// <summary>For whom it shall be; null when that stays.</summary>
    public Guid[]? Groups { get; }

    public bool IsEmpty => !_request.HasTitle && !_request.HasText && !_request.HasPlace && !_request.HasSeats
        && _startsAt is null && _endsAt is null && _opensAt is null && _closesAt is null && Groups is null && _request.Cleared.Count == 0;

    /// <summary>Changes the event; true when time or place changed and participants must be notified.</summary>
    /// <exception cref="Grpc.Core.RpcException">As documented for UpdateEvent in events.proto.</exception>
    public bool Apply(Event e)
    {
        var checks = new FieldChecks();
        var window = WindowAfter(e);
        window.Check(checks);
        checks.ThrowIfInvalid();
        if (_request.HasSeats && _request.Seats > 0 && _request.Seats < e.SeatsTaken)
            throw RpcErrors.WrongState($"{e.SeatsTaken} seats are taken; there cannot be fewer");

        var moves = (window.StartsAt, window.EndsAt) != (e.StartsAt, e.EndsAt) || _request.HasPlace && _request.Place != e.Place;
        window.Apply(e);
        e.Title = _request.HasTitle ? _request.Title : e.Title;
        e.Text = _request.HasText ? _request.Text : e.Text;
        e.Place = _request.HasPlace ? _request.Place : e.Place;
        e.Seats = _request.HasSeats ? (_request.Seats > 0 ? _request.Seats : null) : IsCleared("seats") ? null : e.Seats;
        e.ForGroups = Groups ?? e.ForGroups;
        return moves;
    }

    private bool IsCleared(string field) => _request.Cleared.Contains(field);

    private EventWindow WindowAfter(Event e)
    {
        var starts = _startsAt ?? e.StartsAt;
        // Without an explicit time registration closes at the start, also when the start moves.
        var closes = _closesAt ?? (e.RegistrationClosesAt == e.StartsAt || IsCleared("registrationClosesAt") ? starts : e.RegistrationClosesAt);
        var opens = _opensAt ?? (IsCleared("registrationOpensAt") ? e.CreatedAt : e.RegistrationOpensAt);
        return new EventWindow(starts, _endsAt ?? e.EndsAt, opens, closes);
    }
}

using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>The times of an event and of its registration, checked together.</summary>
internal sealed record EventWindow(DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset OpensAt, DateTimeOffset ClosesAt)
{
    public void Check(FieldChecks checks)
    {
        if (EndsAt < StartsAt)
            checks.Add("endsAt", "must not be before startsAt");
        if (ClosesAt < OpensAt)
            checks.Add("registrationClosesAt", "must not be before registrationOpensAt");
        if (ClosesAt > EndsAt)
            checks.Add("registrationClosesAt", "must not be after endsAt");
    }

    public void Apply(Event e) => (e.StartsAt, e.EndsAt, e.RegistrationOpensAt, e.RegistrationClosesAt) = (StartsAt, EndsAt, OpensAt, ClosesAt);
}

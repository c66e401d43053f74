using System.ComponentModel.DataAnnotations;

namespace ShTP.Notifications;

/// <summary>Settings of <c>Notifications</c>.</summary>
internal sealed record NotificationsOptions : IValidatableObject
{
    public const string Section = "Notifications";

    /// <summary>Days that a read notification is kept. Checks of the invariants rely on the least value.</summary>
    [Range(LeastDays, 36_600)]
    public int KeepReadDays { get; init; } = 365;

    /// <summary>Days that a notification is kept which its user never read.</summary>
    [Range(LeastDays, 36_600)]
    public int KeepUnreadDays { get; init; } = 3 * 365;

    private const int LeastDays = 31;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeepUnreadDays < KeepReadDays)
            yield return new("Notifications:KeepUnreadDays must not be below Notifications:KeepReadDays.", [nameof(KeepUnreadDays)]);
    }
}

using System.ComponentModel.DataAnnotations;

namespace ShTP.Auth.Login;

/// <summary>Delays after failed sign-ins; section <c>Auth:Throttling</c>.</summary>
internal sealed class ThrottleOptions : IValidatableObject
{
    public const string Section = "Auth:Throttling";

    /// <summary>Failures at one account, of a known device or from one address, before the next attempt there is delayed.</summary>
    [Range(1, 1000)]
    public int AccountFailures { get; init; } = 5;

    /// <summary>Failures at one account within a day of all devices together on which its user never signed in.</summary>
    [Range(4, 10_000)]
    public int AccountGuesses { get; init; } = 100;

    /// <summary>Failures from an address, which come back over a day, before two failures of an account delay it there; a school may share one address.</summary>
    [Range(2, 100_000)]
    public int AddressFailures { get; init; } = 50;

    /// <summary>The first delay; it doubles with each further failure.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest delay of an account at one device or address. With an hour, whoever guesses from one address leaves others some of <see cref="AccountGuesses"/>.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Counting starts again after this time without a failure.</summary>
    public TimeSpan ForgetAfter { get; init; } = Day;

    /// <summary>How long a device is known after the user's last sign-in there.</summary>
    public TimeSpan DevicesKnownFor { get; init; } = TimeSpan.FromDays(180);

    internal static TimeSpan Day { get; } = TimeSpan.FromDays(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FirstWait <= TimeSpan.Zero || LongestWait < FirstWait)
            yield return new("Auth:Throttling:FirstWait must be positive and at most Auth:Throttling:LongestWait.", [nameof(FirstWait)]);
        if (ForgetAfter < LongestWait || ForgetAfter < Day)
            yield return new("Auth:Throttling:ForgetAfter must be at least a day and at least Auth:Throttling:LongestWait.", [nameof(ForgetAfter)]);
        if (DevicesKnownFor < Day || DevicesKnownFor > TimeSpan.FromDays(3660))
            yield return new("Auth:Throttling:DevicesKnownFor must be between 1 and 3660 days.", [nameof(DevicesKnownFor)]);
    }
}

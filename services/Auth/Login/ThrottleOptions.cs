using System.ComponentModel.DataAnnotations;

namespace ShTP.Auth.Login;

/// <summary>Delays after failed sign-ins; section <c>Auth:Throttling</c>.</summary>
internal sealed class ThrottleOptions : IValidatableObject
{
    public const string Section = "Auth:Throttling";

    /// <summary>Failures of an account before its next attempt is delayed.</summary>
    [Range(1, 1000)]
    public int AccountFailures { get; init; } = 5;

    /// <summary>Failures from an address before its next attempt is delayed; a school may share one address.</summary>
    [Range(1, 100_000)]
    public int AddressFailures { get; init; } = 50;

    /// <summary>The first delay; it doubles with each further failure.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest delay of an account.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest delay of an address. Short, because a school may share one address.</summary>
    public TimeSpan LongestAddressWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Counting starts again after this time without a failure.</summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromHours(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FirstWait <= TimeSpan.Zero || LongestWait < FirstWait)
            yield return new("Auth:Throttling:FirstWait must be positive and at most Auth:Throttling:LongestWait.", [nameof(FirstWait)]);
        if (LongestAddressWait < FirstWait || LongestAddressWait > LongestWait)
            yield return new("Auth:Throttling:LongestAddressWait must be between Auth:Throttling:FirstWait and Auth:Throttling:LongestWait.", [nameof(LongestAddressWait)]);
        if (ForgetAfter < LongestWait)
            yield return new("Auth:Throttling:ForgetAfter must be at least Auth:Throttling:LongestWait.", [nameof(ForgetAfter)]);
    }
}

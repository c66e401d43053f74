using System.Globalization;
using ShTP.Api.V1;

namespace ShTP.Gateway.Limits;

/// <summary>
/// How often one user may call, and one address without a valid token; section <c>Gateway:RateLimits</c>. A school is one
/// address, so addresses get what a class of thirty needs at once.
/// </summary>
internal sealed class RateLimitOptions
{
    /// <summary>Ordinary calls and downloads.</summary>
    public ClassLimits Ordinary { get; set; } = new() { Address = new(2000, 500), User = new(300, 60) };

    /// <summary>
    /// Attempts to sign in; right ones do not count for an address. That of an address only keeps a flood from Auth: which of a
    /// school's attempts are guesses is known there alone, and guesses are limited there, see <c>Auth:Throttling</c>.
    /// </summary>
    public ClassLimits Login { get; set; } = new() { Address = new(2000, 500), User = new(60, 1) };

    /// <summary>Uploads.</summary>
    public ClassLimits Upload { get; set; } = new() { Address = new(120, 5), User = new(20, 0.5) };

    /// <summary>Imports and exports: who sets a school up sends the sheets of thirty classes in a row.</summary>
    public ClassLimits Expensive { get; set; } = new() { Address = new(120, 2), User = new(60, 0.5) };

    /// <summary>Attempts to sign in that are malformed, of one address. Clients send none; a developer sends some.</summary>
    public BucketOptions Malformed { get; set; } = new(60, 1);

    internal ClassLimits Of(RateClass rateClass) => rateClass switch
    {
        RateClass.Login => Login,
        RateClass.Upload => Upload,
        RateClass.Expensive => Expensive,
        _ => Ordinary,
    };

    internal IEnumerable<string> FindFaults() =>
        FindFaults(nameof(Ordinary), Ordinary).Concat(FindFaults(nameof(Login), Login)).Concat(FindFaults(nameof(Upload), Upload)).Concat(FindFaults(nameof(Expensive), Expensive)).Concat(FindFaults(nameof(Malformed), Malformed));

    private static IEnumerable<string> FindFaults(string name, ClassLimits limits) =>
        FindFaults($"{name}:{nameof(limits.Address)}", limits.Address).Concat(FindFaults($"{name}:{nameof(limits.User)}", limits.User));

    private static IEnumerable<string> FindFaults(string name, BucketOptions bucket)
    {
        if (bucket.Burst is < 1 or > 1_000_000)
            yield return $"Gateway:RateLimits:{name}:Burst must be between 1 and 1000000, it is {bucket.Burst}.";
        // Not a number is no number between them.
        if (bucket.PerSecond is not (>= 0.001 and <= 1e9))
            yield return string.Create(CultureInfo.InvariantCulture, $"Gateway:RateLimits:{name}:PerSecond must be between 0.001 and 1000000000, it is {bucket.PerSecond}.");
    }
}

/// <summary>The limits of one class.</summary>
internal sealed class ClassLimits
{
    /// <summary>For one address.</summary>
    public BucketOptions Address { get; set; } = new();

    /// <summary>For one signed-in user.</summary>
    public BucketOptions User { get; set; } = new();
}

/// <summary>A token bucket.</summary>
internal sealed class BucketOptions
{
    public BucketOptions()
    {
    }

    internal BucketOptions(int burst, double perSecond) => (Burst, PerSecond) = (burst, perSecond);

    /// <summary>Calls at once.</summary>
    public int Burst { get; set; } = 100;

    /// <summary>Calls per second in the long run.</summary>
    public double PerSecond { get; set; } = 10;
}

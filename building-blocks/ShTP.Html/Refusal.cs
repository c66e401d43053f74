namespace ShTP.Html;

/// <summary>Refused content, as an error text for the author.</summary>
/// <param name="What">What it is.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record Refusal(string What, string? Advice = null)
{
    public override string ToString() => Advice is null ? What : $"{What}: {Advice}";
}

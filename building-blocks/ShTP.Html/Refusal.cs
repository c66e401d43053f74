namespace ShTP.Html;

/// <summary>Something that a text cannot have, in words of whoever writes it in an editor.</summary>
/// <param name="What">What it is.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record Refusal(string What, string? Advice = null)
{
    public override string ToString() => Advice is null ? What : $"{What}: {Advice}";
}

using ShTP.Localization;

namespace ShTP.Html;

/// <summary>Refused content, as an error text for the author.</summary>
/// <param name="What">The refused content.</param>
/// <param name="Advice">What the author can do.</param>
public sealed record Refusal(LocalizedText What, LocalizedText? Advice = null);

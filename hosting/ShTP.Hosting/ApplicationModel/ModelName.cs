namespace Aspire.Hosting.ApplicationModel;

/// <summary>The rule for names of resources and endpoints.</summary>
internal static class ModelName
{
    private const int MaxLength = 64;

    public static void Validate(string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var problem = name switch
        {
            "" => "must not be empty",
            { Length: > MaxLength } => $"must be at most {MaxLength} characters long",
            _ when !char.IsAsciiLetter(name[0]) => "must start with an ASCII letter",
            _ when !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') =>
                "must contain only ASCII letters, digits and hyphens",
            _ when name.Contains("--", StringComparison.Ordinal) => "must not contain two hyphens in a row",
            _ when name.EndsWith('-') => "must not end with a hyphen",
            _ => null,
        };
        if (problem is not null)
            throw new ArgumentException($"{kind} name '{name}' is invalid: it {problem}.", nameof(name));
    }
}

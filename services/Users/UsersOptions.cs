namespace ShTP.Users;

/// <summary>Section <c>Users</c>.</summary>
internal sealed record UsersOptions
{
    public const string Section = "Users";

    /// <summary>
    /// When the other services get a deletion once more. Longer than any call lasts that was let in before, so that
    /// what such a call stored is deleted too.
    /// </summary>
    public TimeSpan ForgetAgainAfter { get; init; } = TimeSpan.FromMinutes(2);

    public IEnumerable<string> FindFaults()
    {
        if (ForgetAgainAfter < TimeSpan.FromSeconds(1) || ForgetAgainAfter > TimeSpan.FromMinutes(5))
            yield return $"{Section}:ForgetAgainAfter must be between 1 second and 5 minutes.";
    }
}

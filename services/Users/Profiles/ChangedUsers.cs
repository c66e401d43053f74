namespace ShTP.Users.Profiles;

/// <summary>Whom one saving changes.</summary>
/// <param name="Users">Their ids, when no group changes.</param>
/// <param name="IsAnybody">A group changes, and with it the profiles of its members.</param>
internal sealed record ChangedUsers(IReadOnlyList<Guid> Users, bool IsAnybody)
{
    public static readonly ChangedUsers None = new([], IsAnybody: false);

    public void DropFrom(KeptAnswers answers)
    {
        if (IsAnybody)
            answers.DropAll();
        foreach (var user in Users)
            answers.Drop(user);
    }
}

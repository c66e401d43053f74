using ShTP.Data.Caching;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>Answers of this process that stay until a user or group changes. They are shared and must not be changed.</summary>
/// <remarks>
/// A change of this process drops them before it is answered (<see cref="UserChanges"/>); those of other replicas are
/// reported by <see cref="ChangeListener"/>, within milliseconds.
/// </remarks>
internal sealed class KeptAnswers
{
    private const int MaxProfiles = 20_000;
    private const int MaxLeaderboards = 100;
    private const int MaxLists = 4;

    public AnswerCache<Guid, V1.User> Profiles { get; } = new(MaxProfiles);

    /// <summary>By the number of leaders.</summary>
    public AnswerCache<int, GetLeaderboardResponse> Leaderboards { get; } = new(MaxLeaderboards);

    /// <summary>By the user after which a page begins, and its length.</summary>
    public AnswerCache<(Guid? After, int Limit), ListUsersResponse> Lists { get; } = new(MaxLists);

    /// <summary>Every later change is reported.</summary>
    public void Open()
    {
        Profiles.Open();
        Leaderboards.Open();
        Lists.Open();
    }

    /// <summary>Changes are not reported any more.</summary>
    public void Close()
    {
        Profiles.Close();
        Leaderboards.Close();
        Lists.Close();
    }

    /// <summary>A user has changed.</summary>
    public void Drop(Guid user)
    {
        Profiles.Drop(user);
        DropLists();
    }

    /// <summary>A group has changed, or any number of users.</summary>
    public void DropAll()
    {
        Profiles.Drop();
        DropLists();
    }

    private void DropLists()
    {
        Leaderboards.Drop();
        Lists.Drop();
    }
}

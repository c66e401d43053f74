using ShTP.Data.Caching;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>Answers of this process that stay until a user or group changes. They are shared: nobody may change one.</summary>
/// <remarks>
/// A change of this process drops them before it is answered (<see cref="UserChanges"/>); those of other replicas are
/// told by triggers of the tables, within milliseconds.
/// </remarks>
internal sealed class KeptAnswers : IKeptAnswers
{
    private const int MaxProfiles = 20_000;
    private const int MaxLeaderboards = 100;
    private const int MaxLists = 4;

    public string Channel => "users_changed";

    public AnswerCache<Guid, V1.User> Profiles { get; } = new(MaxProfiles);

    /// <summary>By the number of leaders.</summary>
    public AnswerCache<int, GetLeaderboardResponse> Leaderboards { get; } = new(MaxLeaderboards);

    /// <summary>By the user after which a page begins, and its length.</summary>
    public AnswerCache<(Guid? After, int Limit), ListUsersResponse> Lists { get; } = new(MaxLists);

    public void Open()
    {
        Profiles.Open();
        Leaderboards.Open();
        Lists.Open();
    }

    public void Close()
    {
        Profiles.Close();
        Leaderboards.Close();
        Lists.Close();
    }

    /// <param name="payload">The id of a user, or nothing: any number of users, or a group.</param>
    public void Drop(string payload)
    {
        if (Guid.TryParse(payload, out var user))
            Drop(user);
        else
            DropAll();
    }

    /// <summary>A user has changed.</summary>
    public void Drop(Guid user)
    {
        Profiles.Drop(user);
        Leaderboards.Drop();
        Lists.Drop();
    }

    /// <summary>A group has changed, or any number of users.</summary>
    public void DropAll()
    {
        Profiles.Drop();
        Leaderboards.Drop();
        Lists.Drop();
    }
}

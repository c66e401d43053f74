using System.Linq.Expressions;
using ShTP.Api.V1;

namespace ShTP.Users.Profiles;

/// <summary>Projections of users to messages.</summary>
internal static class ProfileRows
{
    public static readonly Expression<Func<User, V1.User>> Profile = u => u.ToProto(u.Group!);

    public static readonly Expression<Func<User, V1.UserRow>> Row =
        u => NewRow(u.Id, u.FirstName, u.LastName, u.AvatarPath, u.GroupId, u.LearningClass, u.NickName);

    public static readonly Expression<Func<User, V1.LeaderboardRow>> Leader =
        u => NewLeader(u.Id, u.NickName, u.FirstName, u.LastName, u.AvatarPath, u.Rating);

    public static readonly Expression<Func<User, V1.UserSummary>> Summary =
        u => NewSummary(u.Id, u.FirstName, u.LastName, u.AvatarPath, u.NickName, u.GroupId, u.LearningClass, u.Role, u.ShtpMaintainer);

    public static V1.UserRow ToRow(this User u) => NewRow(u.Id, u.FirstName, u.LastName, u.AvatarPath, u.GroupId, u.LearningClass, u.NickName);

    private static V1.UserRow NewRow(Guid id, string firstName, string lastName, string avatar, Guid group, int learningClass, string? nickName)
    {
        var row = new V1.UserRow
        {
            Uuid = id.ToString(),
            FirstName = firstName,
            LastName = lastName,
            AvatarPath = avatar,
            UserAvatarPath = avatar,
            GroupId = group.ToString(),
            LearningClass = learningClass,
        };
        if (nickName is not null)
            row.NickName = nickName;
        return row;
    }

    private static V1.LeaderboardRow NewLeader(Guid id, string? nickName, string firstName, string lastName, string avatar, int rating)
    {
        var row = new V1.LeaderboardRow
        {
            Uuid = id.ToString(),
            FirstName = firstName,
            LastName = lastName,
            AvatarPath = avatar,
            UserAvatarPath = avatar,
            Rating = rating,
        };
        if (nickName is not null)
            row.NickName = nickName;
        return row;
    }

    private static V1.UserSummary NewSummary(
        Guid id, string firstName, string lastName, string avatar, string? nickName, Guid group, int learningClass, Role role, bool? isMaintainer)
    {
        var row = new V1.UserSummary
        {
            Uuid = id.ToString(),
            FirstName = firstName,
            LastName = lastName,
            AvatarPath = avatar,
            GroupId = group.ToString(),
            LearningClass = learningClass,
            Role = role,
            IsStaff = User.RoleInForce(role, isMaintainer) != Role.Student,
        };
        if (nickName is not null)
            row.NickName = nickName;
        return row;
    }
}

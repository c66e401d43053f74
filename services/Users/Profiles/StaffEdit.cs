using ShTP.Api.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.Ratings;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>The changes that staff make to another user: checked once, applied to the locked user.</summary>
internal sealed class StaffEdit
{
    private const string RatingReason = "Изменение рейтинга";

    private readonly List<Action<User, UpdateUserResponse>> steps = [];
    private readonly AdminChange change;

    /// <exception cref="Grpc.Core.RpcException">PERMISSION_DENIED when a teacher changes a role.</exception>
    public StaffEdit(AdminChange change, CurrentUser caller, FieldChecks checks)
    {
        this.change = change;
        if ((change.HasRole || change.HasShtpMaintainer) && !caller.IsAdmin)
            throw RpcErrors.Denied("Only admins change roles");
        Names(checks);
        if (change.HasRating)
            checks.Range(change.Rating, -RatingLedger.MaxPoints, RatingLedger.MaxPoints, "admin.rating");
        if (change.HasLearningClass)
        {
            checks.Range(change.LearningClass, 0, User.MaxLearningClass, "admin.learningClass");
            steps.Add((user, answer) => user.LearningClass = answer.LearningClass = change.LearningClass);
        }

        if (change.HasGroupId)
        {
            var group = checks.Uuid(change.GroupId, "admin.groupId");
            steps.Add((user, answer) => (user.GroupId, answer.GroupId) = (group, group.ToString()));
        }

        if (change.HasRole)
        {
            checks.Role(change.Role, "admin.role");
            steps.Add((user, answer) => user.Role = answer.Role = change.Role);
        }

        if (change.HasShtpMaintainer)
            steps.Add((user, answer) => (user.ShtpMaintainer, answer.ShtpMaintainer) = (change.ShtpMaintainer, change.ShtpMaintainer));
    }

    public bool IsEmpty => steps.Count == 0 && !change.HasRating;

    /// <summary>Whether it can change the number of admins.</summary>
    public bool ChangesRole => change.HasRole;

    public bool UnmakesAdmin => change.HasRole && change.Role != Role.Admin;

    /// <summary>Applies all changes and copies them to the response. A new rating becomes a ledger entry.</summary>
    public void Apply(UsersDb db, User user, UpdateUserResponse answer, Guid author, DateTimeOffset now)
    {
        steps.ForEach(step => step(user, answer));
        if (!change.HasRating)
            return;
        if (change.Rating != user.Rating)
            db.EnterRating(user, change.Rating - user.Rating, RatingReason, author, null, now);
        answer.Rating = change.Rating;
    }

    private void Names(FieldChecks checks)
    {
        if (change.HasFirstName)
        {
            var name = checks.Name(change.FirstName, 1, User.MaxNameLength, "admin.firstName");
            steps.Add((user, answer) => user.FirstName = answer.FirstName = name);
        }

        if (change.HasLastName)
        {
            var name = checks.Name(change.LastName, 1, User.MaxNameLength, "admin.lastName");
            steps.Add((user, answer) => user.LastName = answer.LastName = name);
        }

        if (change.HasPatronymicName)
        {
            var name = checks.Name(change.PatronymicName, 0, User.MaxNameLength, "admin.patronymicName");
            steps.Add((user, answer) => user.PatronymicName = answer.PatronymicName = name);
        }
    }
}

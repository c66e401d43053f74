using ShTP.Api.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>The changes that staff make to another user: checked once, applied to the locked user.</summary>
internal sealed class StaffEdit
{
    private const string RatingReason = "Изменение рейтинга";

    private readonly List<Action<User, UpdateUserResponse>> _steps = [];
    private readonly AdminChange _change;

    /// <exception cref="Grpc.Core.RpcException">PERMISSION_DENIED when a teacher changes a role.</exception>
    public StaffEdit(AdminChange change, CurrentUser caller, FieldChecks checks)
    {
        _change = change;
        if ((change.HasRole || change.HasShtpMaintainer) && !caller.IsAdmin)
            throw RpcErrors.Denied("Only admins change roles");
        Names(checks);
        if (change.HasRating)
            checks.Range(change.Rating, -RatingLedger.MaxPoints, RatingLedger.MaxPoints, "admin.rating");
        if (change.HasLearningClass)
        {
            checks.Range(change.LearningClass, 0, User.MaxLearningClass, "admin.learningClass");
            _steps.Add((user, answer) => user.LearningClass = answer.LearningClass = change.LearningClass);
        }

        if (change.HasGroupId)
        {
            var group = checks.Uuid(change.GroupId, "admin.groupId");
            _steps.Add((user, answer) => (user.GroupId, answer.GroupId) = (group, group.ToString()));
        }

        if (change.HasRole)
        {
            checks.Role(change.Role, "admin.role");
            _steps.Add((user, answer) => user.Role = answer.Role = change.Role);
        }

        if (change.HasShtpMaintainer)
            _steps.Add((user, answer) => (user.ShtpMaintainer, answer.ShtpMaintainer) = (change.ShtpMaintainer, change.ShtpMaintainer));
    }

    public bool IsEmpty => _steps.Count == 0 && !_change.HasRating;

    /// <summary>Whether it can change the number of admins.</summary>
    public bool ChangesRole => _change.HasRole;

    public bool UnmakesAdmin => _change.HasRole && _change.Role != Role.Admin;

    /// <summary>Applies all changes and copies them to the response. A new rating becomes a ledger entry.</summary>
    public void Apply(UsersDb db, User user, UpdateUserResponse answer, Guid author, DateTimeOffset now)
    {
        _steps.ForEach(step => step(user, answer));
        if (!_change.HasRating)
            return;
        if (_change.Rating != user.Rating)
            db.EnterRating(user, _change.Rating - user.Rating, RatingReason, author, null, now);
        answer.Rating = _change.Rating;
    }

    private void Names(FieldChecks checks)
    {
        if (_change.HasFirstName)
        {
            var name = checks.Name(_change.FirstName, 1, User.MaxNameLength, "admin.firstName");
            _steps.Add((user, answer) => user.FirstName = answer.FirstName = name);
        }

        if (_change.HasLastName)
        {
            var name = checks.Name(_change.LastName, 1, User.MaxNameLength, "admin.lastName");
            _steps.Add((user, answer) => user.LastName = answer.LastName = name);
        }

        if (_change.HasPatronymicName)
        {
            var name = checks.Name(_change.PatronymicName, 0, User.MaxNameLength, "admin.patronymicName");
            _steps.Add((user, answer) => user.PatronymicName = answer.PatronymicName = name);
        }
    }
}

using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Rpc.Access;
using ShTP.Data;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;
using ShTP.Rpc.Text;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>Creates a user who can sign in when the response arrives.</summary>
internal sealed class CreateUser(UsersDb db, AuthInternal.AuthInternalClient auth, OutboxDeliveries deliveries, TimeProvider clock)
{
    public const int MinPasswordLength = 8;
    public const int MaxPasswordLength = 128;

    /// <summary>How long to wait for the delivery to Auth before responding. The outbox delivers later in any case.</summary>
    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromSeconds(3);

    /// <exception cref="Grpc.Core.RpcException">As documented for CreateUser in users.proto.</exception>
    public async Task<V1.User> CreateAsync(CreateUserRequest request, CurrentUser caller, CancellationToken cancellationToken)
    {
        var user = Check(request, clock.Now());
        Permissions.RequireMayCreate(caller, user.Role);
        var group = await db.Groups.AsNoTracking().SingleOrDefaultAsync(g => g.Id == user.GroupId, cancellationToken)
            ?? throw RpcErrors.NotFound(TakenKeys.NoSuchGroup);
        // Hashing is expensive, so calls that will fail are refused before.
        var spellings = EmailAddress.Spellings(request.Email);
        if (await db.Users.AnyAsync(u => spellings.Contains(u.Email), cancellationToken))
            throw RpcErrors.Conflict(TakenKeys.EmailTaken);

        var hashed = await auth.HashPasswordsAsync(new HashPasswordsRequest { Passwords = { request.Password } }, cancellationToken: cancellationToken);
        var message = db.AddWithCredentials(user, hashed.Hashes[0]);
        await db.SaveUserAsync(cancellationToken);
        await deliveries.WaitAsync(message, DeliveryLimit, cancellationToken);
        return user.ToProto(group);
    }

    private static User Check(CreateUserRequest request, DateTimeOffset now)
    {
        var checks = new FieldChecks();
        var email = checks.Email(request.Email, "email");
        checks.Text(request.Password, MinPasswordLength, MaxPasswordLength, "password");
        var firstName = checks.Name(request.FirstName, 1, User.MaxNameLength, "firstName");
        var lastName = checks.Name(request.LastName, 1, User.MaxNameLength, "lastName");
        if (request.HasRole)
            checks.Role(request.Role, "role");
        else
            checks.Add("role", "field required");
        var group = checks.Uuid(request.GroupId, "groupId");
        if (request.HasLearningClass)
            checks.Range(request.LearningClass, 0, User.MaxLearningClass, "learningClass");
        else
            checks.Add("learningClass", "field required");
        checks.ThrowIfInvalid();
        var user = new User
        {
            Id = Guid.CreateVersion7(now),
            Email = email,
            Role = request.Role,
            FirstName = firstName,
            LastName = lastName,
            GroupId = group,
            LearningClass = request.LearningClass,
            CreatedAt = now,
            UpdatedAt = now,
        };
        user.RefreshSearchText();
        return user;
    }
}

using Grpc.Core;
using ShTP.Achievements.V1;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Achievements;

/// <summary>Short profiles of students, from Users.</summary>
internal sealed class Owners(UsersInternal.UsersInternalClient users)
{
    /// <summary>Loads owners by user id in one call; deleted users are left out. At most 1,000 different ids.</summary>
    public async Task<Dictionary<Guid, Owner>> FindAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var request = new GetSummariesRequest { UserIds = { ids.Distinct().Select(id => id.ToString()) } };
        if (request.UserIds.Count == 0)
            return [];
        var found = await users.GetSummariesAsync(request, cancellationToken: cancellationToken);
        return found.Users.ToDictionary(user => Guid.ParseExact(user.Uuid, "D"), user => new Owner
        {
            Uuid = user.Uuid,
            FirstName = user.FirstName,
            LastName = user.LastName,
            AvatarPath = user.AvatarPath,
        });
    }

    /// <exception cref="RpcException">NOT_FOUND when there is no such user.</exception>
    public async Task RequireAsync(Guid id, CancellationToken cancellationToken)
    {
        if ((await FindAsync([id], cancellationToken)).Count == 0)
            throw RpcErrors.NotFound("User with such uuid/nickname not found");
    }
}

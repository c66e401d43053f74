using Grpc.Core;
using ShTP.Users.V1;

namespace ShTP.Assignments.Contests;

/// <summary>The students of contests, from Users.</summary>
public sealed class Participants(UsersInternal.UsersInternalClient users)
{
    private const int PageSize = 1000;
    private const int UuidBytes = 16;

    /// <summary>The user, or null when there is none.</summary>
    public async Task<UserSummary?> FindAsync(Guid user, CancellationToken cancellationToken) =>
        (await users.GetSummariesAsync(new GetSummariesRequest { UserIds = { user.ToString() } }, cancellationToken: cancellationToken)).Users.SingleOrDefault();

    /// <exception cref="RpcException">NOT_FOUND naming a group that does not exist.</exception>
    public async Task RequireGroupsAsync(IEnumerable<Guid> groups, CancellationToken cancellationToken) =>
        await users.ListUserIdsAsync(RequestFor(groups, areRequired: true), cancellationToken: cancellationToken);

    /// <summary>All students of the groups in the class.</summary>
    public async Task<List<UserSummary>> ListAsync(IEnumerable<Guid> groups, int learningClass, CancellationToken cancellationToken)
    {
        var ids = (await users.ListUserIdsAsync(RequestFor(groups, areRequired: false), cancellationToken: cancellationToken)).UserIds.Memory;
        var found = new List<UserSummary>();
        for (; ids.Length > 0; ids = ids[Math.Min(PageSize * UuidBytes, ids.Length)..])
        {
            var request = new GetSummariesRequest();
            for (var i = 0; i < Math.Min(PageSize * UuidBytes, ids.Length); i += UuidBytes)
                request.UserIds.Add(new Guid(ids.Span.Slice(i, UuidBytes), bigEndian: true).ToString());
            var page = await users.GetSummariesAsync(request, cancellationToken: cancellationToken);
            found.AddRange(page.Users.Where(user => user.LearningClass == learningClass));
        }

        return found;
    }

    private static ListUserIdsRequest RequestFor(IEnumerable<Guid> groups, bool areRequired) =>
        new() { GroupIds = { groups.Select(group => group.ToString()) }, RequireGroups = areRequired };
}

using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;

namespace ShTP.Assignments.Contests;

/// <summary>The students of contests, from Users.</summary>
internal sealed class Participants(UsersInternal.UsersInternalClient users)
{
    private const int PageSize = 1000;
    private const int UuidBytes = 16;

    /// <summary>The user, or null when there is none.</summary>
    public async Task<UserSummary?> FindAsync(Guid user, CancellationToken cancellationToken) =>
        (await users.GetSummariesAsync(new GetSummariesRequest { UserIds = { user.ToString() } }, cancellationToken: cancellationToken)).Users.SingleOrDefault();

    /// <exception cref="RpcException">NOT_FOUND naming a group that does not exist.</exception>
    public async Task RequireGroupsAsync(IEnumerable<Guid> groups, CancellationToken cancellationToken) =>
        await users.ListUserIdsAsync(RequestFor(groups, areRequired: true), cancellationToken: cancellationToken);

    /// <summary>The students of the groups who are in the class, and those of <paramref name="joined"/>, wherever they are now.</summary>
    public async Task<List<UserSummary>> ListStudentsAsync(IEnumerable<Guid> groups, int learningClass, IReadOnlyCollection<Guid> joined, CancellationToken cancellationToken)
    {
        var members = await users.ListUserIdsAsync(RequestFor(groups, areRequired: false), cancellationToken: cancellationToken);
        var always = joined.Select(id => id.ToString()).ToHashSet();
        var found = new List<UserSummary>();
        foreach (var ids in Read(members.UserIds.Memory).Union(always).Chunk(PageSize))
        {
            var page = await users.GetSummariesAsync(new GetSummariesRequest { UserIds = { ids } }, cancellationToken: cancellationToken);
            found.AddRange(page.Users.Where(user => user.Role == Role.Student && (user.LearningClass == learningClass || always.Contains(user.Uuid))));
        }

        return found;
    }

    private static IEnumerable<string> Read(ReadOnlyMemory<byte> ids)
    {
        for (var i = 0; i < ids.Length; i += UuidBytes)
            yield return new Guid(ids.Span.Slice(i, UuidBytes), bigEndian: true).ToString();
    }

    private static ListUserIdsRequest RequestFor(IEnumerable<Guid> groups, bool areRequired) =>
        new() { GroupIds = { groups.Select(group => group.ToString()) }, RequireGroups = areRequired };
}

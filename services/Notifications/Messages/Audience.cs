using Grpc.Core;
using ShTP.Users.V1;

namespace ShTP.Notifications.Messages;

/// <summary>Resolves audiences with Users.</summary>
internal sealed class Audience(UsersInternal.UsersInternalClient users)
{
    private const int PageSize = 1000;
    private const int IdSize = 16;

    /// <summary>Everyone.</summary>
    /// <exception cref="RpcException">UNAVAILABLE; FAILED_PRECONDITION when they are too many.</exception>
    public Task<IReadOnlyCollection<Guid>> EveryoneAsync(CancellationToken cancellationToken) =>
        ListAsync(new ListUserIdsRequest { Everyone = true }, cancellationToken);

    /// <summary>The members of groups.</summary>
    /// <exception cref="RpcException">UNAVAILABLE; NOT_FOUND naming a group when all must exist.</exception>
    public Task<IReadOnlyCollection<Guid>> OfGroupsAsync(IEnumerable<string> groups, bool mustExist, CancellationToken cancellationToken) =>
        ListAsync(new ListUserIdsRequest { GroupIds = { groups }, RequireGroups = mustExist }, cancellationToken);

    /// <summary>Filters the ids of existing users.</summary>
    /// <exception cref="RpcException">UNAVAILABLE.</exception>
    public async Task<IReadOnlyCollection<Guid>> ExistingAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var existing = new List<Guid>();
        foreach (var page in ids.Chunk(PageSize))
        {
            var request = new GetSummariesRequest { UserIds = { page.Select(id => id.ToString()) } };
            var answer = await users.GetSummariesAsync(request, cancellationToken: cancellationToken);
            existing.AddRange(answer.Users.Select(user => Guid.ParseExact(user.Uuid, "D")));
        }

        return existing;
    }

    private async Task<IReadOnlyCollection<Guid>> ListAsync(ListUserIdsRequest request, CancellationToken cancellationToken)
    {
        var answer = (await users.ListUserIdsAsync(request, cancellationToken: cancellationToken)).UserIds;
        var ids = new HashSet<Guid>(answer.Length / IdSize);
        for (var rest = answer.Span; rest.Length > 0; rest = rest[IdSize..])
            ids.Add(new Guid(rest[..IdSize], bigEndian: true));
        return ids;
    }
}

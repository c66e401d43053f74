using System.Linq.Expressions;
using Grpc.Core;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Events.School;

/// <summary>The audience of an event. Only Users has the members of groups.</summary>
internal sealed class Audience(UsersInternal.UsersInternalClient users)
{
    /// <summary>The groups of events for everyone, compared as arrays, which the index supports.</summary>
    internal static readonly Guid[] NoGroups = [];

    internal static readonly Expression<Func<Event, bool>> IsForEveryone = e => e.ForGroups == NoGroups;

    /// <summary>The events that the caller may see: staff see all, and everybody what they are registered or wait for.</summary>
    internal async Task<IQueryable<EventRow>> FilterAsync(IQueryable<EventRow> rows, CurrentUser caller, CancellationToken cancellationToken)
    {
        if (caller.IsStaff)
            return rows;
        return await GroupOfAsync(caller.Id, cancellationToken) is { } group
            ? rows.Where(row => row.Registration != null || row.Event.ForGroups == NoGroups || row.Event.ForGroups.Contains(group))
            : rows.Where(row => row.Registration != null || row.Event.ForGroups == NoGroups);
    }

    /// <summary>Whether the caller may come to the event; asks only when it depends on the group.</summary>
    public async Task<bool> IncludesAsync(Event e, CurrentUser caller, CancellationToken cancellationToken) =>
        caller.IsStaff || e.ForGroups.Length == 0
        || await GroupOfAsync(caller.Id, cancellationToken) is { } group && e.ForGroups.Contains(group);

    /// <summary>Those of the users, at most 1,000, who may come to the event, in the order given.</summary>
    public async Task<IReadOnlyList<Guid>> AmongAsync(Event e, IReadOnlyCollection<Guid> candidates, CancellationToken cancellationToken)
    {
        if (e.ForGroups.Length == 0)
            return [.. candidates];
        var request = new GetSummariesRequest { UserIds = { candidates.Select(user => user.ToString()) } };
        var known = (await users.GetSummariesAsync(request, cancellationToken: cancellationToken)).Users;
        return [.. known.Where(user => user.IsStaff || e.ForGroups.Contains(Guid.ParseExact(user.GroupId, "D"))).Select(user => Guid.ParseExact(user.Uuid, "D"))];
    }

    /// <summary>Null for a deleted user.</summary>
    public async Task<Guid?> GroupOfAsync(Guid user, CancellationToken cancellationToken)
    {
        var answer = await users.GetSummariesAsync(new GetSummariesRequest { UserIds = { user.ToString() } }, cancellationToken: cancellationToken);
        return answer.Users is [var summary] ? Guid.ParseExact(summary.GroupId, "D") : null;
    }

    /// <exception cref="RpcException">NOT_FOUND for an unknown group.</exception>
    public async Task RequireGroupsAsync(IReadOnlyCollection<Guid> groups, CancellationToken cancellationToken)
    {
        if (groups.Count == 0)
            return;
        try
        {
            var request = new ListUserIdsRequest { GroupIds = { groups.Select(group => group.ToString()) }, RequireGroups = true };
            await users.ListUserIdsAsync(request, cancellationToken: cancellationToken);
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.NotFound)
        {
            throw RpcErrors.NotFound(fault.Status.Detail);
        }
    }
}

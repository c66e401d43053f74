using System.Linq.Expressions;
using Grpc.Core;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Events.School;

/// <summary>The audience of an event. Only Users has the members of groups.</summary>
public sealed class Audience(UsersInternal.UsersInternalClient users)
{
    /// <summary>The groups of events for everyone, compared as arrays, which the index supports.</summary>
    internal static readonly Guid[] NoGroups = [];

    internal static readonly Expression<Func<Event, bool>> IsForEveryone = e => e.ForGroups == NoGroups;

    /// <summary>The events that the caller may see; staff see all.</summary>
    public async Task<IQueryable<Event>> FilterAsync(IQueryable<Event> events, CurrentUser caller, CancellationToken cancellationToken) =>
        caller.IsStaff ? events : events.Where(IsFor(await GroupOfAsync(caller.Id, cancellationToken)));

    /// <summary>Whether the caller may see the event. Users is called only when it depends on the group.</summary>
    public async Task<bool> IncludesAsync(Event e, CurrentUser caller, CancellationToken cancellationToken) =>
        caller.IsStaff || e.ForGroups.Length == 0
        || await GroupOfAsync(caller.Id, cancellationToken) is { } group && e.ForGroups.Contains(group);

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

    private static Expression<Func<Event, bool>> IsFor(Guid? group) =>
        group is { } known ? e => e.ForGroups == NoGroups || e.ForGroups.Contains(known) : IsForEveryone;
}

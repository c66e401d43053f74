using System.Runtime.CompilerServices;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Auth.V1;
using ShTP.Data.Audit;
using ShTP.Events.V1;
using ShTP.Files.V1;
using ShTP.Notifications.V1;
using ShTP.Rpc;
using ShTP.ServiceDefaults;
using AuditEntry = ShTP.Api.V1.AuditEntry;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Users.Audits;

/// <summary>The audits of all services as one list.</summary>
internal sealed class AllAudits(
    UsersDb db,
    AuthInternal.AuthInternalClient auth,
    FilesInternal.FilesInternalClient files,
    AchievementsInternal.AchievementsInternalClient achievements,
    EventsInternal.EventsInternalClient events,
    NotificationsInternal.NotificationsInternalClient notifications,
    AssignmentsInternal.AssignmentsInternalClient assignments)
{
    /// <summary>One page, newest first.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE when a service does not answer: a list with gaps would look whole.</exception>
    public async Task<Page<AuditEntry>> ReadAsync(AuditFilter filter, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(filter.Services.Select(service => AskAsync(service, filter.Request, cancellationToken)));
        // What a service left out may belong before the rest of the others.
        var cut = answers.Where(answer => answer.HasMore).Select(answer => answer.Entries[^1]).ToList();
        var known = answers.SelectMany(answer => answer.Entries).Where(entry => cut.TrueForAll(last => Compare(entry, last) >= 0)).ToList();
        known.Sort((one, other) => Compare(other, one));
        var page = known.ToPage(filter.Request.Limit);
        return page.HasMore || cut.Count == 0 ? page : page with { HasMore = true };
    }

    /// <summary>What a user did and what others did to the user, newest first; the addresses of others are left out.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE when a service does not answer.</exception>
    public async IAsyncEnumerable<AuditEntry> ReadOfAsync(Guid user, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = AuditFilter.Concerning(user);
        while (true)
        {
            var page = await ReadAsync(filter, cancellationToken);
            foreach (var entry in page.Rows)
                yield return WithoutOthersAddress(entry, user);
            if (!page.HasMore)
                yield break;
            filter = filter.Behind(page.Rows[^1]);
        }
    }

    public static AuditEntry WithoutOthersAddress(AuditEntry entry, Guid user)
    {
        if (entry.ActorId != user.ToString())
            entry.ClearAddress();
        return entry;
    }

    // As the database compares them.
    private static int Compare(AuditEntry one, AuditEntry other) =>
        one.At.CompareTo(other.At) is var order && order != 0 ? order : string.CompareOrdinal(one.Uuid, other.Uuid);

    private async Task<ListAuditResponse> AskAsync(string service, ListAuditRequest request, CancellationToken cancellationToken) => service switch
    {
        ResourceNames.Users => await db.ListAuditAsync(ResourceNames.Users, request, cancellationToken),
        ResourceNames.Auth => await auth.ListAuditAsync(request, cancellationToken: cancellationToken),
        ResourceNames.Files => await files.ListAuditAsync(request, cancellationToken: cancellationToken),
        ResourceNames.Achievements => await achievements.ListAuditAsync(request, cancellationToken: cancellationToken),
        ResourceNames.Events => await events.ListAuditAsync(request, cancellationToken: cancellationToken),
        ResourceNames.Notifications => await notifications.ListAuditAsync(request, cancellationToken: cancellationToken),
        ResourceNames.Assignments => await assignments.ListAuditAsync(request, cancellationToken: cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, "It keeps no audit."),
    };
}

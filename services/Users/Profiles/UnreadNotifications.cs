using System.Runtime.CompilerServices;
using Grpc.Core;
using ShTP.Data.Caching;
using ShTP.Notifications.V1;
using ShTP.Rpc.Streams;

namespace ShTP.Users.Profiles;

/// <summary>
/// Whether users have unread notifications. Notifications is asked once for a user who has none, and from then on reports
/// when there is something. Users who have some are asked for each time, since reading them is not reported.
/// </summary>
internal sealed class UnreadNotifications(NotificationsInternal.NotificationsInternalClient notifications, ILogger<UnreadNotifications> logger)
    : StreamWatcher<WatchUnreadResponse>("unread notifications", TimeSpan.FromSeconds(6), logger)
{
    private const int MaxUsers = 100_000;

    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(1);

    private readonly AnswerCache<Guid, HasUnreadResponse> _answers = new(MaxUsers);

    /// <summary>False while Notifications is down: every client needs its profile at start.</summary>
    public async Task<bool> AnyAsync(Guid user, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _answers.GetAsync(user, () => AskAsync(user, cancellationToken), cancellationToken);
            if (!answer.IsQuiet)
                _answers.Drop(user);
            return answer.HasUnread;
        }
        catch (RpcException outage) when (outage.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            return false;
        }
    }

    protected override async IAsyncEnumerable<WatchUnreadResponse> OpenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = notifications.WatchUnread(new WatchUnreadRequest(), deadline: DateTime.MaxValue, cancellationToken: cancellationToken);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
            yield return message;
    }

    protected override bool Take(WatchUnreadResponse message, bool isComplete)
    {
        if (!isComplete)
            _answers.Open();
        if (message.Everyone)
            _answers.Drop();
        foreach (var id in message.UserIds)
            _answers.Drop(Guid.Parse(id));
        return true;
    }

    protected override void OnCut() => _answers.Close();

    private async Task<HasUnreadResponse> AskAsync(Guid user, CancellationToken cancellationToken) =>
        await notifications.HasUnreadAsync(new HasUnreadRequest { UserId = user.ToString() }, deadline: DateTime.UtcNow + AskLimit, cancellationToken: cancellationToken);
}

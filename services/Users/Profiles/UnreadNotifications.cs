using Grpc.Core;
using ShTP.Data.Caching;
using ShTP.Notifications.V1;

namespace ShTP.Users.Profiles;

/// <summary>
/// Whether users have unread notifications. Notifications is asked once for a user who has none, and from then on tells
/// when there is something. Users who have some are asked for each time, since reading them is not told.
/// </summary>
internal sealed partial class UnreadNotifications(NotificationsInternal.NotificationsInternalClient notifications, ILogger<UnreadNotifications> logger) : BackgroundService
{
    private const int MaxUsers = 100_000;

    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (Exception cut) when (cut is RpcException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
            {
                LogCut(cut.Message);
            }
            finally
            {
                _answers.Close();
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        silence.CancelAfter(SilenceLimit);
        using var call = notifications.WatchUnread(new WatchUnreadRequest(), deadline: DateTime.MaxValue, cancellationToken: silence.Token);
        var isOpen = false;
        await foreach (var told in call.ResponseStream.ReadAllAsync(silence.Token))
        {
            silence.CancelAfter(SilenceLimit);
            if (!isOpen)
                _answers.Open();
            isOpen = true;
            if (told.Everyone)
                _answers.Drop();
            foreach (var id in told.UserIds)
                _answers.Drop(Guid.Parse(id));
        }
    }

    private async Task<HasUnreadResponse> AskAsync(Guid user, CancellationToken cancellationToken) =>
        await notifications.HasUnreadAsync(new HasUnreadRequest { UserId = user.ToString() }, deadline: DateTime.UtcNow + AskLimit, cancellationToken: cancellationToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notifications does not tell of unread ones; it is asked for each profile: {Reason}")]
    private partial void LogCut(string reason);
}

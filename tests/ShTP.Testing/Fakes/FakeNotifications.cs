using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Notifications.V1;
using Channel = System.Threading.Channels.Channel;

namespace ShTP.Testing.Fakes;

/// <summary>Stands for Notifications: remembers what it is to tell, and tells Users who has something unread.</summary>
public sealed class FakeNotifications : NotificationsInternal.NotificationsInternalBase
{
    private const int MaxWaiting = 1000;

    private readonly ConcurrentDictionary<string, int> _asked = new();
    private readonly ConcurrentDictionary<Channel<WatchUnreadResponse>, bool> _watches = new();

    public Heard<NotifyRequest> Told { get; } = new();

    public HeldData Held { get; } = new("notifications");

    public HeldAudit Audit { get; } = new();

    /// <summary>Who has unread notifications.</summary>
    public ConcurrentDictionary<string, bool> Unread { get; } = new();

    /// <summary>Of whom it says that nothing waits.</summary>
    public ConcurrentDictionary<string, bool> Quiet { get; } = new();

    /// <summary>How often it was asked about somebody.</summary>
    public int Asked(Guid user) => _asked.GetValueOrDefault(user.ToString());

    /// <summary>Somebody may have something unread now.</summary>
    public void Wake(Guid user)
    {
        Quiet.TryRemove(user.ToString(), out _);
        foreach (var watch in _watches.Keys)
        {
            if (!watch.Writer.TryWrite(new WatchUnreadResponse { UserIds = { user.ToString() } }))
                throw new InvalidOperationException($"{MaxWaiting} messages wait already.");
        }
    }

    public override Task<Empty> Notify(NotifyRequest request, ServerCallContext context)
    {
        Told.Add(context, request);
        return Task.FromResult(new Empty());
    }

    public override Task<HasUnreadResponse> HasUnread(HasUnreadRequest request, ServerCallContext context)
    {
        _asked.AddOrUpdate(request.UserId, 1, (_, count) => count + 1);
        return Task.FromResult(new HasUnreadResponse { HasUnread = Unread.ContainsKey(request.UserId), IsQuiet = Quiet.ContainsKey(request.UserId) });
    }

    public override async Task WatchUnread(WatchUnreadRequest request, IServerStreamWriter<WatchUnreadResponse> responseStream, ServerCallContext context)
    {
        var watch = Channel.CreateBounded<WatchUnreadResponse>(MaxWaiting);
        _watches[watch] = true;
        try
        {
            await responseStream.WriteAsync(new WatchUnreadResponse());
            await foreach (var told in watch.Reader.ReadAllAsync(context.CancellationToken))
                await responseStream.WriteAsync(told);
        }
        finally
        {
            _watches.TryRemove(watch, out _);
        }
    }

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) => Audit.ListAsync(request);

    public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => Held.ForgetAsync(request.UserId, context);

    public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
        Held.ExportAsync(request, responseStream);
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Events.V1;
using ShTP.Notifications.V1;
using ShTP.Rpc.Errors;
using Channel = System.Threading.Channels.Channel;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Users;

/// <summary>What Users tells and asks the services that hold something about a user.</summary>
public sealed class FakeNeighbours
{
    /// <summary>Who has unread notifications.</summary>
    public ConcurrentDictionary<string, bool> Unread { get; } = new();

    /// <summary>Of whom Notifications says that nothing waits.</summary>
    public ConcurrentDictionary<string, bool> Quiet { get; } = new();

    private readonly ConcurrentDictionary<string, int> _asked = new();
    private readonly ConcurrentDictionary<Channel<WatchUnreadResponse>, bool> _watches = new();

    /// <summary>Whose export breaks off in the middle.</summary>
    public ConcurrentDictionary<string, bool> Broken { get; } = new();

    public ConcurrentQueue<string> Told { get; } = new();

    /// <summary>How often Notifications was asked about somebody.</summary>
    public int Asked(Guid user) => _asked.GetValueOrDefault(user.ToString());

    /// <summary>Somebody may have something unread now.</summary>
    public void Tell(Guid user)
    {
        Quiet.TryRemove(user.ToString(), out _);
        foreach (var watch in _watches.Keys)
            watch.Writer.TryWrite(new WatchUnreadResponse { UserIds = { user.ToString() } });
    }

    public FakeAchievements Achievements => new(this);

    public FakeEvents Events => new(this);

    public FakeNotifications Notifications => new(this);

    public FakeAssignments Assignments => new(this);

    private Task<Empty> Forget(string service, string user)
    {
        Told.Enqueue($"{service} forget {user}");
        return Task.FromResult(new Empty());
    }

    internal static async Task ExportAsync(string service, ExportUserRequest request, IServerStreamWriter<ExportUserResponse> answer, bool isBroken)
    {
        await answer.WriteAsync(new() { Path = "one.json", Content = ByteString.CopyFromUtf8($"[\"{service} ") });
        if (isBroken)
            throw RpcErrors.Unavailable("it broke off");
        await answer.WriteAsync(new() { Path = "one.json", Content = ByteString.CopyFromUtf8($"{request.UserId}\"]") });
        await answer.WriteAsync(new() { Path = "two/big.bin", Content = ByteString.CopyFrom(new byte[50_000]) });
    }

    public sealed class FakeAchievements(FakeNeighbours all) : AchievementsInternal.AchievementsInternalBase
    {
        public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => all.Forget("achievements", request.UserId);

        public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
            ExportAsync("achievements", request, responseStream, all.Broken.ContainsKey(request.UserId));
    }

    public sealed class FakeEvents(FakeNeighbours all) : EventsInternal.EventsInternalBase
    {
        public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => all.Forget("events", request.UserId);

        public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
            ExportAsync("events", request, responseStream, all.Broken.ContainsKey(request.UserId));
    }

    public sealed class FakeNotifications(FakeNeighbours all) : NotificationsInternal.NotificationsInternalBase
    {
        public override Task<HasUnreadResponse> HasUnread(HasUnreadRequest request, ServerCallContext context)
        {
            all._asked.AddOrUpdate(request.UserId, 1, (_, count) => count + 1);
            return Task.FromResult(new HasUnreadResponse { HasUnread = all.Unread.ContainsKey(request.UserId), IsQuiet = all.Quiet.ContainsKey(request.UserId) });
        }

        public override async Task WatchUnread(WatchUnreadRequest request, IServerStreamWriter<WatchUnreadResponse> responseStream, ServerCallContext context)
        {
            var watch = Channel.CreateUnbounded<WatchUnreadResponse>();
            all._watches[watch] = true;
            await responseStream.WriteAsync(new WatchUnreadResponse());
            await foreach (var told in watch.Reader.ReadAllAsync(context.CancellationToken))
                await responseStream.WriteAsync(told);
        }

        public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => all.Forget("notifications", request.UserId);

        public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
            ExportAsync("notifications", request, responseStream, all.Broken.ContainsKey(request.UserId));
    }

    public sealed class FakeAssignments(FakeNeighbours all) : AssignmentsInternal.AssignmentsInternalBase
    {
        public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => all.Forget("assignments", request.UserId);

        public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
            ExportAsync("assignments", request, responseStream, all.Broken.ContainsKey(request.UserId));
    }
}

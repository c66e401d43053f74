using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Notifications.V1;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Services.Tests.Assignments;

/// <summary>Stands for Users: knows people and their groups.</summary>
public sealed class FakeUsers : UsersInternal.UsersInternalBase
{
    public ConcurrentDictionary<string, UserSummary> People { get; } = new();

    public ConcurrentDictionary<string, byte> Groups { get; } = new();

    public ConcurrentQueue<int> PagesOfSummaries { get; } = new();

    public override Task<GetSummariesResponse> GetSummaries(GetSummariesRequest request, ServerCallContext context)
    {
        PagesOfSummaries.Enqueue(request.UserIds.Count);
        if (request.UserIds.Count > 1000)
            throw RpcErrors.InvalidField("userIds", "must be between 0 and 1000");
        return Task.FromResult(new GetSummariesResponse { Users = { request.UserIds.Select(id => People.GetValueOrDefault(id)).OfType<UserSummary>() } });
    }

    public override Task<ListUserIdsResponse> ListUserIds(ListUserIdsRequest request, ServerCallContext context)
    {
        if (request.RequireGroups && request.GroupIds.FirstOrDefault(group => !Groups.ContainsKey(group)) is { } unknown)
            throw RpcErrors.NotFound($"Group with such uuid not found: {unknown}");
        var ids = People.Values.Where(user => request.GroupIds.Contains(user.GroupId)).SelectMany(user => Guid.Parse(user.Uuid).ToByteArray(bigEndian: true));
        return Task.FromResult(new ListUserIdsResponse { UserIds = ByteString.CopyFrom([.. ids]) });
    }
}

/// <summary>Stands for Notifications; remembers each message as often as it comes.</summary>
public sealed class FakeNotifications : NotificationsInternal.NotificationsInternalBase
{
    public ConcurrentQueue<NotifyRequest> Told { get; } = new();

    public override Task<Empty> Notify(NotifyRequest request, ServerCallContext context)
    {
        Told.Enqueue(request);
        return Task.FromResult(new Empty());
    }
}

using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Notifications.V1;
using ShTP.Users.V1;

namespace ShTP.Services.Tests.Achievements;

/// <summary>Stands for Users: knows students, and remembers each message once, as the real one does.</summary>
public sealed class FakeUsers : UsersInternal.UsersInternalBase
{
    public ConcurrentDictionary<string, UserSummary> People { get; } = new();

    public ConcurrentDictionary<string, AddRatingRequest> Ratings { get; } = new();

    public ConcurrentQueue<SetMedalsRequest> Medals { get; } = new();

    public override Task<GetSummariesResponse> GetSummaries(GetSummariesRequest request, ServerCallContext context) =>
        Task.FromResult(new GetSummariesResponse { Users = { request.UserIds.Select(id => People.GetValueOrDefault(id)).OfType<UserSummary>() } });

    public override Task<Empty> AddRating(AddRatingRequest request, ServerCallContext context)
    {
        Ratings[context.RequestHeaders.GetValue("shtp-message-id")!] = request;
        return Task.FromResult(new Empty());
    }

    public override Task<Empty> SetMedals(SetMedalsRequest request, ServerCallContext context)
    {
        Medals.Enqueue(request);
        return Task.FromResult(new Empty());
    }
}

/// <summary>Stands for Notifications.</summary>
public sealed class FakeNotifications : NotificationsInternal.NotificationsInternalBase
{
    public ConcurrentDictionary<string, NotifyRequest> Told { get; } = new();

    public override Task<Empty> Notify(NotifyRequest request, ServerCallContext context)
    {
        Told[context.RequestHeaders.GetValue("shtp-message-id")!] = request;
        return Task.FromResult(new Empty());
    }
}

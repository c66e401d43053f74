using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Api.V1;
using ShTP.Notifications;
using ShTP.Notifications.Live;
using ShTP.Notifications.V1;
using ShTP.Testing;
using NotificationsService = ShTP.Notifications.V1.NotificationsService;

namespace ShTP.Services.Tests.Notifications;

/// <summary>One open stream of a user.</summary>
internal sealed class Watch : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly AsyncServerStreamingCall<StreamNotificationsResponse> _call;

    private Watch(AsyncServerStreamingCall<StreamNotificationsResponse> call) => _call = call;

    /// <summary>Where a stream begins that was asked for no place.</summary>
    public long Place { get; private set; }

    /// <summary>Opens a stream, and returns when nothing that comes will be missed.</summary>
    public static async Task<Watch> OpenAsync(ServiceHost<NotificationsDb> host, Guid user, long? last = null, CancellationToken cancellationToken = default)
    {
        var request = new StreamNotificationsRequest();
        if (last is { } number)
            request.LastEventId = number;
        var watch = new Watch(host.As<NotificationsService.NotificationsServiceClient>(user, Role.Student)
            .StreamNotifications(request, cancellationToken: cancellationToken));
        try
        {
            await watch._call.ResponseHeadersAsync.WaitAsync(Limit, CancellationToken.None);
            if (last is null)
                watch.Place = (await watch.NextAsync()).Sequence;
            return watch;
        }
        catch
        {
            watch.Dispose();
            throw;
        }
    }

    /// <summary>Returns when the service hears the database, and streams can be opened.</summary>
    public static Task UntilPossibleAsync(ServiceHost<NotificationsDb> host) => Eventually.HoldsAsync(() =>
    {
        try
        {
            host.Services.GetRequiredService<LiveFeed>().Subscribe(Guid.Empty).Dispose();
            return Task.FromResult(true);
        }
        catch (RpcException away) when (away.StatusCode == StatusCode.Unavailable)
        {
            return Task.FromResult(false);
        }
    }, "streams can be opened");

    public async Task<StreamNotificationsResponse> NextAsync()
    {
        if (!await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit, CancellationToken.None))
            throw new InvalidOperationException("The stream has ended.");
        return _call.ResponseStream.Current;
    }

    public async Task<IReadOnlyList<StreamNotificationsResponse>> NextAsync(int count)
    {
        var all = new List<StreamNotificationsResponse>(count);
        while (all.Count < count)
            all.Add(await NextAsync());
        return all;
    }

    public void Dispose() => _call.Dispose();
}

using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing;

public class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock _lock = new();
    private readonly List<(Type Event, DistributedApplicationEventSubscription Subscription)> _subscriptions = [];

    public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent
    {
        var subscription = new DistributedApplicationEventSubscription(
            (published, cancellationToken) => callback((T)published, cancellationToken));
        lock (_lock)
            _subscriptions.Add((typeof(T), subscription));
        return subscription;
    }

    public DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent =>
        Subscribe<T>((published, cancellationToken) =>
            published.Resource == resource ? callback(published, cancellationToken) : Task.CompletedTask);

    public void Unsubscribe(DistributedApplicationEventSubscription subscription)
    {
        lock (_lock)
            _subscriptions.RemoveAll(s => s.Subscription == subscription);
    }

    public async Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
    {
        DistributedApplicationEventSubscription[] subscribed;
        lock (_lock)
            subscribed = [.. _subscriptions.Where(s => s.Event == typeof(T)).Select(s => s.Subscription)];
        foreach (var subscription in subscribed)
            await subscription.Callback(@event, cancellationToken);
    }
}

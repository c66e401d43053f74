using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ShTP.Data.Outbox;

/// <summary>Traces of deliveries, and metrics of waiting, parked and delivered messages.</summary>
internal sealed class OutboxTelemetry
{
    public const string Name = "ShTP.Outbox";

    private static readonly ActivitySource Source = new(Name);

    private readonly Counter<long> _delivered;
    private volatile OutboxStatistics _seen = new(0, 0, 0);
    private volatile int _cut;

    public OutboxTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _delivered = meter.CreateCounter<long>("outbox.delivered", "{message}", "Messages delivered");
        meter.CreateObservableGauge("outbox.pending", () => _seen.Pending, "{message}", "Messages that wait for delivery");
        meter.CreateObservableGauge("outbox.parked", () => _seen.Parked, "{message}", "Messages that are parked until an operator retries them");
        meter.CreateObservableGauge("outbox.unanswered", () => _cut, "{receiver}", "Receivers that do not respond");
        meter.CreateObservableGauge("outbox.age", () => _seen.Age, "s", "Age of the oldest message");
    }

    public void See(OutboxStatistics statistics, int cutReceivers) => (_seen, _cut) = (statistics, cutReceivers);

    public void CountDelivered() => _delivered.Add(1);

    /// <summary>Continues the trace of the change that enqueued the message, also when this process records none.</summary>
    public static Activity? StartDelivery(ClaimedMessage message)
    {
        var activity = Source.StartActivity("outbox deliver", ActivityKind.Producer, message.TraceParent);
        if (activity is null && message.TraceParent is not null)
            activity = new Activity("outbox deliver").SetParentId(message.TraceParent).Start();
        activity?.SetTag("rpc.path", message.Path)?.SetTag("messaging.message.id", message.Id);
        return activity;
    }
}

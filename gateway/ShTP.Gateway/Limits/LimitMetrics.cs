using System.Diagnostics.Metrics;

namespace ShTP.Gateway.Limits;

/// <summary>What is open, and what was refused for want of room.</summary>
internal sealed class LimitMetrics(IMeterFactory meters)
{
    private readonly Meter _meter = meters.Create("ShTP.Gateway.Limits");

    public Counter<long> Count(string name, string description) => _meter.CreateCounter<long>(name, unit: null, description);

    public void Observe(string name, string description, Func<int> value) => _meter.CreateObservableUpDownCounter(name, value, unit: null, description);
}

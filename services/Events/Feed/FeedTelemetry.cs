using System.Diagnostics.Metrics;

namespace ShTP.Events.Feed;

/// <summary>Metrics of the feed.</summary>
internal sealed class FeedTelemetry
{
    public const string Name = "ShTP.Events.Feed";

    private readonly Counter<long> _looks;
    private readonly TimeProvider _clock;
    private volatile FeedState? _seen;

    public FeedTelemetry(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.Create(Name);
        _looks = meter.CreateCounter<long>("feed.looks", "{look}", "Looks at the source");
        meter.CreateObservableGauge("feed.age", Ages, "s", "Time since the store was last replaced");
    }

    public void See(FeedState state) => _seen = state;

    public void CountLook(bool isGood) => _looks.Add(1, new KeyValuePair<string, object?>("outcome", isGood ? "good" : "bad"));

    private IEnumerable<Measurement<double>> Ages() =>
        _seen?.FetchedAt is { } fetched ? [new Measurement<double>((_clock.GetUtcNow() - fetched).TotalSeconds)] : [];
}

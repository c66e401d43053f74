using System.Diagnostics.Metrics;

namespace ShTP.Events.Feed;

/// <summary>Metrics of the feed.</summary>
public sealed class FeedTelemetry
{
    public const string Name = "ShTP.Events.Feed";

    private readonly Counter<long> looks;
    private readonly TimeProvider clock;
    private volatile FeedState? seen;

    public FeedTelemetry(IMeterFactory meters, TimeProvider clock)
    {
        this.clock = clock;
        var meter = meters.Create(Name);
        looks = meter.CreateCounter<long>("feed.looks", "{look}", "Looks at the source");
        meter.CreateObservableGauge("feed.age", Ages, "s", "Time since the store was last replaced");
    }

    public void See(FeedState state) => seen = state;

    public void CountLook(bool isGood) => looks.Add(1, new KeyValuePair<string, object?>("outcome", isGood ? "good" : "bad"));

    private IEnumerable<Measurement<double>> Ages() =>
        seen?.FetchedAt is { } fetched ? [new Measurement<double>((clock.GetUtcNow() - fetched).TotalSeconds)] : [];
}

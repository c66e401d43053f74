using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace ShTP.Load.Comparing;

/// <summary>Counts the bytes that processes allocate, by the runtime's own counter over its diagnostic port.</summary>
internal sealed class AllocationCounter : IDisposable
{
    private const string Interval = "1";

    private readonly List<(EventPipeSession Session, EventPipeEventSource Source, Task Reading)> _sessions = [];
    private long _bytes;

    public AllocationCounter(IEnumerable<int> processes)
    {
        foreach (var process in processes)
        {
            var session = new DiagnosticsClient(process).StartEventPipeSession(
                new EventPipeProvider("System.Runtime", EventLevel.Informational, 0, new Dictionary<string, string> { ["EventCounterIntervalSec"] = Interval }), requestRundown: false);
            var source = new EventPipeEventSource(session.EventStream);
            source.Dynamic.All += OnEvent;
            _sessions.Add((session, source, Task.Run(source.Process)));
        }
    }

    /// <summary>All bytes so far, up to the last whole second.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public void Dispose()
    {
        foreach (var (session, source, reading) in _sessions)
        {
            session.Stop();
            reading.Wait();
            source.Dispose();
            session.Dispose();
        }
    }

    private void OnEvent(TraceEvent counted)
    {
        if (counted.EventName == "EventCounters" && counted.PayloadValue(0) is IDictionary<string, object> outer
            && outer["Payload"] is IDictionary<string, object> payload && (string)payload["Name"] == "alloc-rate")
            Interlocked.Add(ref _bytes, (long)(double)payload["Increment"]);
    }
}

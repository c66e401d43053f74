using System.Diagnostics;
using OpenTelemetry.Trace;

namespace ShTP.ServiceDefaults.Telemetry;

/// <summary>
/// Traces begin with somebody's request or with work that names itself, not with a call out of nowhere: those are the polls,
/// health checks and heartbeats of an idle system, hundreds in a minute.
/// </summary>
internal sealed class WorkSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
        samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}

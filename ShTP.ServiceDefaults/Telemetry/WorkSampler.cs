using System.Diagnostics;
using OpenTelemetry.Trace;

namespace ShTP.ServiceDefaults.Telemetry;

/// <summary>
/// Samples traces that begin with a request or a named background activity. Other root spans are the polls, health
/// checks and heartbeats of an idle system, hundreds per minute.
/// </summary>
internal sealed class WorkSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
        samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}

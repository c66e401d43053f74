using System.Diagnostics;
using System.Diagnostics.Metrics;
using Google.Rpc;
using ShTP.Transcoding.Catalog;

namespace ShTP.Gateway.Proxy;

/// <summary>Durations of transcoded calls by RPC and code, and an activity of each.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>The name of meter and activity source.</summary>
    public const string Name = "ShTP.Gateway";

    private static readonly ActivitySource Activities = new(Name);

    private readonly Histogram<double> _durations;

    public GatewayMetrics(IMeterFactory meters) =>
        _durations = meters.Create(Name).CreateHistogram<double>("shtp.gateway.call.duration", "s", "Duration of transcoded calls.");

    /// <summary>Makes the call and measures it.</summary>
    public async Task MeasureAsync(HttpContext context, ApiMethod method, Transcoder transcoder)
    {
        var call = Start(method);
        var code = Code.Unknown;
        try
        {
            code = await transcoder.InvokeAsync(context, method);
        }
        finally
        {
            call.Stop(code);
        }
    }

    private Measurement Start(ApiMethod method)
    {
        var activity = Activities.StartActivity(method.RpcPath, ActivityKind.Internal);
        activity?.SetTag("rpc.system", "grpc").SetTag("rpc.method", method.RpcPath);
        return new Measurement(this, method, activity, Stopwatch.GetTimestamp());
    }

    private readonly struct Measurement(GatewayMetrics metrics, ApiMethod method, Activity? activity, long start)
    {
        /// <summary>Records the call's end.</summary>
        public void Stop(Code code)
        {
            if (activity is not null)
            {
                activity.SetTag("rpc.grpc.status_code", (int)code);
                if (code is Code.Internal or Code.Unknown or Code.Unavailable or Code.DeadlineExceeded)
                    activity.SetStatus(ActivityStatusCode.Error);
                activity.Dispose();
            }

            if (metrics._durations.Enabled)
            {
                metrics._durations.Record(
                    Stopwatch.GetElapsedTime(start).TotalSeconds,
                    new KeyValuePair<string, object?>("rpc.method", method.RpcPath),
                    new KeyValuePair<string, object?>("rpc.grpc.status_code", (int)code));
            }
        }
    }
}

using System.Diagnostics;
using OpenTelemetry;

namespace ShTP.ServiceDefaults.Telemetry;

/// <summary>
/// Takes the values out of the query of a recorded request: tickets, signed links and addresses of calendars are secrets.
/// ASP.NET Core 10 writes the query as it is.
/// </summary>
internal sealed class QueryRedaction : BaseProcessor<Activity>
{
    private const string Query = "url.query";

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem(Query) is string { Length: > 0 } query)
            data.SetTag(Query, string.Join('&', query.Split('&').Select(Redact)));
    }

    private static string Redact(string part)
    {
        var end = part.IndexOf('=', StringComparison.Ordinal);
        return end < 0 ? part : part[..end] + "=Redacted";
    }
}

using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health;

/// <summary>A GET with HTTP/1.1 on the public address of an endpoint.</summary>
internal sealed class HttpEndpointHealthCheck(Func<HttpClient> createClient, EndpointReference endpoint, string path, int statusCode)
    : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var client = createClient();
        client.Timeout = Limit;
        var uri = new Uri(new Uri(endpoint.Url), path);
        try
        {
            using var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode == statusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(string.Create(CultureInfo.InvariantCulture,
                    $"{uri} answered {(int)response.StatusCode} instead of {statusCode}."));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{uri} did not answer: {e.Message}", e);
        }
    }
}

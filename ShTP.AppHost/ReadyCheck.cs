using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.AppHost;

internal static class ReadyCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>
    /// <c>WithHttpHealthCheck</c> with retries: a failing check is repeated for up to 30 seconds before it returns. The
    /// orchestrator increases its interval up to 15 seconds, which would delay every resource that waits for the
    /// service.
    /// </summary>
    /// <param name="project">The program.</param>
    /// <param name="path">Of the check.</param>
    /// <param name="shown">The part of the answer whose description dashboard and console show.</param>
    public static IResourceBuilder<ProjectResource> WithReadyCheck(this IResourceBuilder<ProjectResource> project, string path = "/health", string? shown = null)
    {
        var endpoint = project.GetEndpoint("http");
        var key = $"{project.Resource.Name}_ready";
        project.ApplicationBuilder.Services.AddHealthChecks()
            .AddAsyncCheck(key, cancellationToken => CheckAsync(new Uri(new Uri(endpoint.Url), path), shown, cancellationToken));
        return project.WithHealthCheck(key);
    }

    private static async Task<HealthCheckResult> CheckAsync(Uri address, string? shown, CancellationToken cancellationToken)
    {
        var end = DateTime.UtcNow + Patience;
        while (true)
        {
            string fault;
            try
            {
                using var answer = await Client.GetAsync(address, cancellationToken);
                if (answer.IsSuccessStatusCode)
                    return HealthCheckResult.Healthy(shown is null ? null : (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))?["checks"]?[shown]?["description"]);
                fault = $"{address} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}";
            }
            catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                fault = silence.Message;
            }

            if (DateTime.UtcNow > end)
                return HealthCheckResult.Unhealthy(fault);
            await Task.Delay(Poll, cancellationToken);
        }
    }
}

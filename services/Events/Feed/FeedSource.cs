using System.Net;
using System.Net.Http.Headers;

namespace ShTP.Events.Feed;

/// <summary>Requests the source once, without retries and redirects, with limits of time and size.</summary>
internal sealed class FeedSource(IHttpClientFactory clients, FeedOptions options, TimeProvider clock)
{
    public const string ClientName = "events-feed";

    private const int MaxBytes = 512 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <exception cref="FeedException">The response is not valid or there is none.</exception>
    public async Task<IReadOnlyList<FeedEntry>> FetchAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            return FeedDocument.Read(await ReadAsync(either.Token));
        }
        catch (OperationCanceledException fault) when (!stopping.IsCancellationRequested)
        {
            throw new FeedException($"no answer within {Limit.TotalSeconds} seconds", fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new FeedException(fault.Message, fault);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = JsonContent.Create(new { query = options.Query }) };
        request.Headers.Accept.ParseAdd("application/json");
        if (!string.IsNullOrEmpty(options.Token))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new FeedException($"the status is {(int)response.StatusCode}");
        if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "application/graphql-response+json"))
            throw new FeedException("the answer is not JSON by its type");

        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxBytes + 1];
        var length = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= MaxBytes ? buffer.AsMemory(0, length) : throw new FeedException($"the answer has more than {MaxBytes} bytes");
    }
}

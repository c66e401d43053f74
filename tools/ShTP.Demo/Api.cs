using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ShTP.Demo;

/// <summary>
/// HTTP client of one user. It repeats what was refused for the moment or got no answer in time; a key makes calls with
/// effects happen once all the same.
/// </summary>
internal sealed class Api(HttpClient http, string? token = null)
{
    /// <summary>Limit of one call with all its retries.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan WaitAfterTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The same client with the token of a user.</summary>
    /// <exception cref="WrongPasswordException">E-mail or password are wrong.</exception>
    public async Task<Api> SignInAsync(string email, string password, CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, "auth/login", () => JsonContent.Create(new { email, password }), cancellationToken);
        return status switch
        {
            HttpStatusCode.OK => new Api(http, (string)body!["accessToken"]!),
            HttpStatusCode.Unauthorized => throw new WrongPasswordException(email),
            _ => throw Unexpected(HttpMethod.Post, "auth/login", status, body),
        };
    }

    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken) => OkAsync(HttpMethod.Get, path, null, cancellationToken);

    public async Task<JsonArray> ListAsync(string path, CancellationToken cancellationToken) => (JsonArray)(await GetAsync(path, cancellationToken))!;

    public Task<JsonNode?> PutAsync(string path, object body, CancellationToken cancellationToken) =>
        OkAsync(HttpMethod.Put, path, () => JsonContent.Create(body), cancellationToken);

    public Task<JsonNode?> PatchAsync(string path, object body, CancellationToken cancellationToken) =>
        OkAsync(HttpMethod.Patch, path, () => JsonContent.Create(body), cancellationToken);

    public Task<JsonNode?> PostAsync(string path, object body, CancellationToken cancellationToken) =>
        OkAsync(HttpMethod.Post, path, () => JsonContent.Create(body), cancellationToken);

    /// <summary>Uploads a file with a JSON part.</summary>
    public Task<JsonNode?> UploadAsync(HttpMethod method, string path, string field, string fileName, byte[] file, CancellationToken cancellationToken, (string Field, object Value)? beside = null) =>
        OkAsync(method, path, () =>
        {
            var form = new MultipartFormDataContent { { new ByteArrayContent(file), field, fileName } };
            if (beside is var (name, value))
                form.Add(JsonContent.Create(value), name);
            return form;
        }, cancellationToken);

    /// <summary>Creates something; false when it already exists.</summary>
    public async Task<(bool Created, JsonNode? Body)> TryPutAsync(string path, object body, CancellationToken cancellationToken)
    {
        var (status, answer) = await SendAsync(HttpMethod.Put, path, () => JsonContent.Create(body), cancellationToken);
        return status switch
        {
            HttpStatusCode.OK => (true, answer),
            HttpStatusCode.Conflict => (false, null),
            _ => throw Unexpected(HttpMethod.Put, path, status, answer),
        };
    }

    private async Task<JsonNode?> OkAsync(HttpMethod method, string path, Func<HttpContent>? content, CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(method, path, content, cancellationToken);
        return status == HttpStatusCode.OK ? body : throw Unexpected(method, path, status, body);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, Func<HttpContent>? content, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var key = method == HttpMethod.Get ? null : $"\"{Guid.NewGuid()}\"";
        try
        {
            while (true)
            {
                using var request = new HttpRequestMessage(method, $"/api/v1/{path}") { Content = content?.Invoke() };
                request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
                if (key is not null)
                    request.Headers.Add("Idempotency-Key", key);
                using var response = await http.SendAsync(request, limit.Token);
                var retryAfter = response.StatusCode == HttpStatusCode.GatewayTimeout ? WaitAfterTimeout : response.Headers.RetryAfter?.Delta;
                if (retryAfter is { } wait)
                {
                    await Task.Delay(wait, limit.Token);
                    continue;
                }

                var text = await response.Content.ReadAsStringAsync(limit.Token);
                return (response.StatusCode, response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonNode.Parse(text) : text);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoException($"{method} {path}: no answer within {Limit.TotalMinutes} minutes");
        }
        catch (HttpRequestException fault)
        {
            throw new DemoException($"{method} {path}: {fault.Message}");
        }
    }

    private static DemoException Unexpected(HttpMethod method, string path, HttpStatusCode status, JsonNode? body) =>
        new($"{method} {path}: {(int)status} {(body as JsonObject)?["detail"] ?? body} {(body as JsonObject)?["errors"]?.ToJsonString()}".TrimEnd());
}

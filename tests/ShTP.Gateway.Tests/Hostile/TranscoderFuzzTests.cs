using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using ShTP.Gateway.Tests.EndToEnd;
using ShTP.Library.V1;

namespace ShTP.Gateway.Tests.Hostile;

/// <summary>Requests mutated by the thousand: never a 5xx, and every error a document that a client can read.</summary>
public sealed class TranscoderFuzzTests
{
    private const int Count = 12_000;
    private const int Connections = 4;

    // A failure names the number of its request; the same seed makes the same requests.
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("SHTP_FUZZ_SEED") ?? "20230901", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Request_Mutated_NeverGets5xxAndEveryErrorIsAProblem()
    {
        await using var gateway = await WithoutRateLimits().StartAsync();
        var valid = ValidRequests(gateway.Keys.Mint("teacher"), gateway.Keys.Mint("teacher", "refresh"));
        var statuses = new int[600];

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(() => RunAsync(connection))));

        Assert.True(statuses[200] > Count / 20, $"only {statuses[200]} requests came through");
        Assert.True(statuses[400] > Count / 20 && statuses[422] > Count / 100 && statuses[404] > Count / 100, "the mutations do not reach the codecs");

        async Task RunAsync(int first)
        {
            var connection = await RawConnection.OpenAsync(gateway.Address);
            for (var number = first; number < Count; number += Connections)
            {
                var random = new Random(unchecked((Seed * 31) + number));
                var request = new RequestMutator(random).Mutate(valid[random.Next(valid.Length)]);
                var response = await ExchangeAsync(request);
                if (FindFault(request, response) is { } fault)
                    Assert.Fail($"seed {Seed}, request {number}: {fault}\n{Encoding.Latin1.GetString(request.ToBytes())}\n=> {response?.Status} {response?.Text}");
                Interlocked.Increment(ref statuses[response!.Status]);
            }

            connection.Dispose();

            async Task<RawResponse?> ExchangeAsync(FuzzRequest request)
            {
                var bytes = request.ToBytes();
                for (var isFresh = false; ; isFresh = true)
                {
                    var response = await connection.SendAsync(bytes) ? await connection.ReadAsync(request.IsHead) : null;
                    if (response is not null && !IsLast(response))
                        return response;
                    connection.Dispose();
                    connection = await RawConnection.OpenAsync(gateway.Address);
                    if (response is not null || isFresh)
                        return response;
                }
            }
        }
    }

    private static string? FindFault(FuzzRequest request, RawResponse? response)
    {
        if (response is null)
            return "closed without an answer";
        if (response.Status >= 500)
            return "a 5xx";
        if (response.Status < 400 || request.IsHead)
            return null;
        // Kestrel itself refuses what is no HTTP, before the gateway sees it.
        if (response is { Status: 400 or 411 or 414 or 431, Body.Length: 0 } && IsLast(response))
            return null;
        return response.ContentType switch
        {
            "application/problem+json" => IsProblem(response),
            "application/x-protobuf" => Google.Rpc.Status.Parser.ParseFrom(response.Body) is { Code: not 0, Message.Length: > 0 } ? null : "an empty google.rpc.Status",
            var other => $"an error of type '{other}'",
        };
    }

    private static string? IsProblem(RawResponse response)
    {
        using var problem = JsonDocument.Parse(response.Body);
        return problem.RootElement.GetProperty("status").GetInt32() != response.Status ? "another status in the problem"
            : problem.RootElement.GetProperty("detail").GetString() is not { Length: > 0 } ? "a problem without a detail"
            : null;
    }

    private static bool IsLast(RawResponse response) => response.Headers.GetValueOrDefault("connection") == "close";

    private static GatewayFixture WithoutRateLimits()
    {
        var gateway = new GatewayFixture();
        foreach (var rateClass in new[] { "Ordinary", "Login", "Upload", "Expensive" })
        {
            gateway.With($"Gateway:RateLimits:{rateClass}:Address:Burst", "1000000");
            gateway.With($"Gateway:RateLimits:{rateClass}:User:Burst", "1000000");
        }

        return gateway;
    }

    private static FuzzRequest[] ValidRequests(string access, string refresh)
    {
        const string Json = """{"id":"1","title":"Идиот","pages":640,"author":null,"printedAt":"2023-09-01T10:00:00","reader":"teacher","tags":["a","b"],"more":{"x":[1,2,{"y":null}]}}""";
        const string Form = "--b\r\nContent-Disposition: form-data; name=\"{0}\"; filename=\"{1}\"\r\nContent-Type: image/png\r\n\r\n\0\x01data\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"{2}\"\r\n\r\n{3}\r\n--b--\r\n";
        var wire = new Book { Id = "1", Title = "Идиот", Pages = 640, Author = "Ф. М.", Reader = Api.V1.Role.Teacher, Tags = { "a", "b" }, PrintedAt = new() { Seconds = 1 } }.ToByteArray();
        static byte[] FormOf(params object[] values) => Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, Form, values));
        return
        [
            new("GET", "/api/v1/books/1"),
            new("GET", "/mobile/api/v1/books/1"),
            new("GET", "/api/v1/books", "count=2&tags=a&tags=b&reader=teacher&since=2023-09-01T10:00:00&filter.title=x&filter.lent=true"),
            new("PUT", "/api/v1/books", "", Http.Json, Encoding.UTF8.GetBytes(Json)),
            new("PUT", "/api/v1/books", "", Http.Protobuf, wire),
            new("PUT", "/mobile/api/v1/books", "", "", wire),
            new("PATCH", "/api/v1/books/1", "dryRun=true", Http.Json, Encoding.UTF8.GetBytes(Json)),
            new("PATCH", "/api/v1/books/1", "dry_run=true", Http.Protobuf, wire),
            new("DELETE", "/api/v1/books/1", "", Http.Json, "{}"u8.ToArray()),
            new("GET", "/api/v1/books/watch/2"),
            new("GET", "/api/v1/export"),
            new("GET", "/api/v1/export/stream"),
            new("PUT", "/api/v1/cover", "", "multipart/form-data; boundary=b", FormOf("cover", "a.png", "book", """{"title":"t","pages":"3"}"""), access),
            new("PUT", "/api/v1/import", "dryRun=true", "multipart/form-data; boundary=b", FormOf("csv_file", "a.csv", "mode", "partial"), access),
            new("GET", "/api/v1/me", token: access),
            new("POST", "/api/v1/renew", "", Http.Json, "{}"u8.ToArray(), refresh),
            new("POST", "/api/v1/sign-in", "", Http.Json, "{}"u8.ToArray()),
            new("GET", "/storage/avatars/a.png", "exp=1&sig=x"),
        ];
    }
}

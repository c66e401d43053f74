using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ShTP.Gateway.Tests.EndToEnd;
using ShTP.Protos;
using ShTP.Testing;

namespace ShTP.Gateway.Tests.OpenApi;

/// <summary>What developers of clients get: made of the same contract that the gateway serves.</summary>
public sealed class DocumentationTests(ContractGateway fixture) : IClassFixture<ContractGateway>
{
    private static readonly string[] Verbs = ["get", "put", "post", "patch", "delete"];

    private readonly GatewayFixture _gateway = fixture.Gateway;

    [Fact]
    public async Task OpenApi_HasEveryRouteOnceWithWhatTheContractSays()
    {
        var document = await ReadAsync();

        Assert.Equal("3.1", ((string)document["openapi"]!)[..3]);
        var operations = Operations(document).ToList();
        Assert.Equal(
            AccessTable.Rows.SelectMany(row => row.Routes).Select(route => $"{route.Verb} {ShapeOf(route.Path)}").Order(StringComparer.Ordinal),
            operations.Select(one => $"{one.Verb.ToUpperInvariant()} {ShapeOf(one.Path)}").Order(StringComparer.Ordinal));
        Assert.Distinct(operations.Select(one => (string)one.Operation["operationId"]!));
        Assert.All(operations, one => Assert.NotEmpty((string)one.Operation["description"]!));
        foreach (var (row, route) in AccessTable.Rows.SelectMany(row => row.Routes.Select(route => (row, route))))
        {
            var operation = operations.Single(one => ShapeOf(one.Path) == ShapeOf(route.Path) && one.Verb.Equals(route.Verb, StringComparison.OrdinalIgnoreCase)).Operation;
            var isPublic = row.Callers == AccessRow.Public;
            Assert.Equal(isPublic, operation["security"] is not JsonArray { Count: > 0 });
            Assert.True(isPublic || operation["responses"]!["401"] is not null);
        }
    }

    [Fact]
    public async Task OpenApi_EveryReference_LeadsSomewhere()
    {
        var document = await ReadAsync();
        var components = document["components"]!["schemas"]!.AsObject();
        var references = ReferencesIn(document).Where(reference => reference.StartsWith("#/components/schemas/", StringComparison.Ordinal)).Distinct().ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(components.ContainsKey(reference.Split('/')[^1]), reference));
    }

    [Fact]
    public async Task OpenApi_OfAProfile_SaysWhatIsInTheJson()
    {
        var user = (await ReadAsync())["components"]!["schemas"]!["users.User"]!;

        Assert.Equal(["string", "null"], Types(user["properties"]!["nickName"]!));
        Assert.Equal(["student", "teacher", "admin"], user["properties"]!["role"]!["enum"]!.AsArray().Select(value => (string)value!));
        Assert.Equal("integer", (string)user["properties"]!["rating"]!["type"]!);
        Assert.Contains("nickName", user["required"]!.AsArray().Select(name => (string)name!));
    }

    [Fact]
    public async Task OpenApi_OfAnUpload_IsAForm()
    {
        var put = (await ReadAsync())["paths"]!["/api/v1/achievements"]!["put"]!;
        var content = put["requestBody"]!["content"]!.AsObject();

        Assert.Equal(["multipart/form-data"], content.Select(type => type.Key));
        Assert.Equal("binary", (string)content["multipart/form-data"]!["schema"]!["properties"]!["confirmFile"]!["format"]!);
        Assert.Equal("application/json", (string)content["multipart/form-data"]!["encoding"]!["achievement"]!["contentType"]!);
    }

    [Fact]
    public async Task OpenApi_AskedAgain_IsNotSentTwice()
    {
        using var first = await _gateway.SendAsync("GET", "/openapi.json");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi.json");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Protos_AreAllThereWithWhatTheyImport()
    {
        using var response = await _gateway.SendAsync("GET", "/protos.zip");
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), ZipArchiveMode.Read);
        var names = zip.Entries.Select(entry => entry.FullName).ToHashSet();

        Assert.Contains("README.md", names);
        foreach (var file in Contract.ShTP.Files)
        {
            // google/protobuf comes with every protoc.
            if (!file.Name.StartsWith("google/protobuf/", StringComparison.Ordinal))
                Assert.Contains(file.Name, names);
        }
    }

    [Fact]
    public async Task Docs_AreServedWithoutAnythingFromElsewhere()
    {
        using var shortAddress = await _gateway.SendAsync("GET", "/docs", accept: "text/html");
        Assert.EndsWith("docs/", shortAddress.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var page = await _gateway.SendAsync("GET", "/docs/", accept: "text/html");
        var html = await page.TextAsync();

        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.DoesNotContain("src=\"http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"http", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", string.Join(';', page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    // Paths that differ in the names of variables only are one to OpenAPI.
    private static string ShapeOf(string path) => Regex.Replace(path, @"\{[^}]+\}", "{}");

    private async Task<JsonObject> ReadAsync()
    {
        using var response = await _gateway.SendAsync("GET", "/openapi.json");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return (JsonObject)JsonNode.Parse(await response.TextAsync())!;
    }

    private static IEnumerable<(string Path, string Verb, JsonNode Operation)> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where Verbs.Contains(operation.Key)
        select (path.Key, operation.Key, operation.Value!);

    private static IEnumerable<string> ReferencesIn(JsonNode? node) => node switch
    {
        JsonObject all => all.SelectMany(member => member is { Key: "$ref", Value: JsonValue value } ? [(string)value!] : ReferencesIn(member.Value)),
        JsonArray all => all.SelectMany(ReferencesIn),
        _ => [],
    };

    private static IEnumerable<string> Types(JsonNode schema) => schema["type"] is JsonArray several ? several.Select(type => (string)type!).OrderDescending() : [(string)schema["type"]!];
}

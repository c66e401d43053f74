using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ShTP.Gateway.Tests.EndToEnd;
using ShTP.Protos;
using ShTP.Api.V1;
using ShTP.Testing;
using ShTP.Transcoding.Problems;

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
        var schemas = (await ReadAsync())["components"]!["schemas"]!;
        var user = schemas["User"]!;

        Assert.Equal(["string", "null"], Types(user["properties"]!["nickName"]!));
        Assert.Equal("uuid", (string)user["properties"]!["uuid"]!["format"]!);
        Assert.Equal("#/components/schemas/Role", (string)user["properties"]!["role"]!["$ref"]!);
        Assert.Equal(["student", "teacher", "admin"], schemas["Role"]!["enum"]!.AsArray().Select(value => (string)value!));
        Assert.Equal(["#/components/schemas/GroupSummary", null], user["properties"]!["group"]!["oneOf"]!.AsArray().Select(one => (string?)one!["$ref"]));
        Assert.Equal("integer", (string)user["properties"]!["rating"]!["type"]!);
        Assert.Contains("nickName", user["required"]!.AsArray().Select(name => (string)name!));
    }

    [Fact]
    public async Task OpenApi_OfANewUser_SaysWhatIsRequiredAndBounded()
    {
        var request = (await ReadAsync())["components"]!["schemas"]!["CreateUserRequest"]!;

        Assert.Equal(
            ["email", "firstName", "groupId", "lastName", "learningClass", "password", "role"],
            request["required"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal));
        Assert.Equal((8, 128), ((int)request["properties"]!["password"]!["minLength"]!, (int)request["properties"]!["password"]!["maxLength"]!));
        Assert.Equal((0, 11), ((int)request["properties"]!["learningClass"]!["minimum"]!, (int)request["properties"]!["learningClass"]!["maximum"]!));
        Assert.Equal("Ada", (string)request["properties"]!["firstName"]!["examples"]![0]!);
    }

    [Fact]
    public async Task OpenApi_EachErrorOfTheContract_IsAtItsStatusWithItsCode()
    {
        var operations = Operations(await ReadAsync()).ToDictionary(one => (string)one.Operation["operationId"]!, one => one.Operation);
        var cases = (from method in Contract.ShTP.Methods
                     where Contract.AccessOf(method)?.CallerCase == Access.CallerOneofCase.Level
                     from error in method.GetOptions().GetExtension(OptionsExtensions.Errors) ?? []
                     select (Operation: operations[$"{Contract.AreaOf(method.Service)}_{method.Name}"], error.Code)).ToList();

        Assert.NotEmpty(cases);
        Assert.All(cases, one => Assert.Contains(one.Operation["responses"]!.AsObject(), answer =>
            answer.Key[0] == '4' || answer.Key[0] == '5' ? ((string)answer.Value!["description"]!).Contains(ProblemWriter.NameOf(one.Code), StringComparison.Ordinal) : false));
        Assert.Contains("UNAUTHENTICATED", (string)operations["auth_Login"]["responses"]!["401"]!["description"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_OfAListWithPages_NamesTheLinkToTheNext()
    {
        var withLink = Operations(await ReadAsync()).Where(one => one.Operation["responses"]!["200"]!["headers"]?["Link"] is not null).Select(one => one.Path).ToHashSet();

        Assert.Superset(new HashSet<string> { "/api/v1/users", "/api/v1/notifications/all" }, withLink);
        Assert.DoesNotContain("/api/v1/auth/me", withLink);
    }

    [Fact]
    public async Task OpenApi_OfARefusalForNow_NamesWhenToTryAgain() =>
        Assert.All(Operations(await ReadAsync()), one => Assert.NotNull(one.Operation["responses"]!["429"]!["headers"]?["Retry-After"]));

    [Fact]
    public async Task OpenApi_OtherPathsOfACall_AreDeprecated()
    {
        var operations = Operations(await ReadAsync()).ToList();
        var first = Contract.ShTP.Methods.Where(method => Contract.AccessOf(method)?.CallerCase == Access.CallerOneofCase.Level)
            .Select(method => $"{Contract.AreaOf(method.Service)}_{method.Name}").ToHashSet();

        Assert.All(operations, one => Assert.Equal(!first.Contains((string)one.Operation["operationId"]!), (bool?)one.Operation["deprecated"] ?? false));
        Assert.DoesNotContain(operations, one => one.Path.Contains("/assigments/", StringComparison.Ordinal) && one.Operation["deprecated"] is null);
    }

    [Fact]
    public async Task OpenApi_HasNoFieldInTwoSpellings()
    {
        foreach (var (name, schema) in (await ReadAsync())["components"]!["schemas"]!.AsObject())
        {
            var spellings = schema!["properties"]?.AsObject().Select(property => property.Key.Replace("_", "").ToUpperInvariant()).ToList() ?? [];
            Assert.True(spellings.Distinct().Count() == spellings.Count, name);
            Assert.DoesNotContain(spellings, spelling => spelling.StartsWith("USER", StringComparison.Ordinal) && spellings.Contains(spelling["USER".Length..]));
        }
    }

    [Fact]
    public async Task OpenApi_Summaries_AreShortAndSayNothingTwice() => Assert.All(Operations(await ReadAsync()), one =>
    {
        var (summary, description) = ((string)one.Operation["summary"]!, (string)one.Operation["description"]!);
        Assert.InRange(summary.Length, 3, 40);
        Assert.DoesNotContain(summary + ".", description, StringComparison.Ordinal);
        var sentences = description.Split(". ");
        Assert.True(sentences.Distinct().Count() == sentences.Length, description);
    });

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

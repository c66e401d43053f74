using System.Collections;

namespace ShTP.Hosting.Tests;

/// <summary>The environment that a project gets, variable by variable, against Aspire's.</summary>
public sealed class EnvironmentTests
{
    [Fact]
    public async Task Project_WithKestrelEndpointsAndReferences_GetsExactlyAspiresVariables()
    {
        await using var builder = TestModels.Model();
        var password = builder.AddParameter("pw", "p' w/ä");
        var postgres = builder.AddPostgres("postgres", password: password);
        var database = postgres.AddDatabase("orders-db", "ordersdb");
        var other = builder.AddSample("orders-api");
        var project = builder.AddSample("web")
            .WithReference(database).WithReference(database, "renamed").WaitFor(database)
            .WithReference(other).WithReference(other, "alias").WithReference(other.GetEndpoint("grpc"))
            .WithReference("outside", new Uri("https://example.org/"))
            .WithEnvironment("OVERRIDDEN", "code")
            .WithEnvironment("EXPRESSION", $"{other.GetEndpoint("grpc")}/x?{password}");
        await using var app = await builder.StartAsync();
        await app.HealthyAsync("web");

        var seen = await ChangedAsync(app, "web");

        string Url(string endpoint) => app.GetEndpoint("orders-api", endpoint).ToString().TrimEnd('/');
        var port = new Npgsql.NpgsqlConnectionStringBuilder(await app.GetConnectionStringAsync("postgres", TestModels.Cancellation)).Port;
        const string Encoded = "p%27%20w%2F%C3%A4";
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DOTNET_LAUNCH_PROFILE"] = "SampleService",
            ["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true",
            ["EXPRESSION"] = $"{Url("grpc")}/x?p' w/ä",
            ["FROM_PROFILE"] = "profile",
            ["Kestrel__Endpoints__grpc__Url"] = $"http://localhost:{app.GetEndpoint("web", "grpc").Port}",
            ["Kestrel__Endpoints__http__Url"] = $"http://localhost:{app.GetEndpoint("web", "http").Port}",
            // Set before the launch profile, whose variables only fill gaps.
            ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
            // Set after it, and so wins.
            ["OVERRIDDEN"] = "code",
            ["ORDERS_API_GRPC"] = Url("grpc"),
            ["ORDERS_API_HTTP"] = Url("http"),
            ["alias_GRPC"] = Url("grpc"),
            ["alias_HTTP"] = Url("http"),
            ["outside"] = "https://example.org/",
            ["services__alias__grpc__0"] = Url("grpc"),
            ["services__alias__http__0"] = Url("http"),
            ["services__orders-api__grpc__0"] = Url("grpc"),
            ["services__orders-api__http__0"] = Url("http"),
            ["services__outside__default__0"] = "https://example.org/",
        };
        foreach (var (name, prefix) in (ReadOnlySpan<(string, string)>)[("orders-db", "ORDERS_DB"), ("renamed", "RENAMED")])
        {
            expected[$"ConnectionStrings__{name}"] = $"Host=localhost;Port={port};Username=postgres;Password=p' w/ä;Database=ordersdb";
            expected[$"{prefix}_HOST"] = "localhost";
            expected[$"{prefix}_PORT"] = $"{port}";
            expected[$"{prefix}_USERNAME"] = "postgres";
            expected[$"{prefix}_PASSWORD"] = "p' w/ä";
            expected[$"{prefix}_URI"] = $"postgresql://postgres:{Encoded}@localhost:{port}/ordersdb";
            expected[$"{prefix}_JDBCCONNECTIONSTRING"] = $"jdbc:postgresql://localhost:{port}/ordersdb";
            expected[$"{prefix}_DATABASENAME"] = "ordersdb";
        }
        Assert.Equal(expected, seen);
        Assert.EndsWith("Samples/Service", await app.GetAsync<string>("web", "/directory"));
    }

    [Fact]
    public async Task Project_WithoutKestrelEndpoints_GetsUrlsOfItsLaunchProfile()
    {
        await using var builder = TestModels.Model();
        builder.AddProject<Projects.ShTP_Hosting_SamplePlain>("plain");
        await using var app = await builder.StartAsync();
        await app.HealthyAsync("plain");
        using var client = app.CreateHttpClient("plain", "http2");
        await TestModels.EventuallyAsync(() => Answers(client));

        var seen = await ChangedAsync(app, "plain");

        Assert.Equal(new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = $"http://localhost:{app.GetEndpoint("plain", "http").Port};http://localhost:{app.GetEndpoint("plain", "http2").Port}",
            ["DOTNET_LAUNCH_PROFILE"] = "SamplePlain",
            ["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true",
            ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
        }, seen);
    }

    [Theory]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "grpc")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http/protobuf")]
    public async Task Project_WithCollector_GetsTelemetryVariables(string key, string protocol)
    {
        await using var builder = TestModels.Model($"--{key}=http://localhost:4317", "--AppHost:OtlpApiKey=k");
        builder.AddHealthySample("web");
        await using var app = await builder.StartAsync();
        var web = await app.HealthyAsync("web");

        var seen = (await ChangedAsync(app, "web")).Where(v => v.Key.StartsWith("OTEL_", StringComparison.Ordinal));

        Assert.Equal(new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true",
            ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true",
            ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4317",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-otlp-api-key=k",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true",
            ["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={web.ResourceId["web-".Length..]}",
            ["OTEL_SERVICE_NAME"] = "web",
            ["OTEL_TRACES_SAMPLER"] = "always_on",
        }, seen);
    }

    [Fact]
    public async Task Project_WithNamedOrNoLaunchProfile_GetsThatProfileOrNone()
    {
        await using var builder = TestModels.Model();
        builder.AddProject<Projects.ShTP_Hosting_SampleService>("other", "Other").WithHttpHealthCheck("/health");
        builder.AddProject<Projects.ShTP_Hosting_SampleService>("none", launchProfileName: null).WithHttpHealthCheck("/health");
        await using var app = await builder.StartAsync();
        await Task.WhenAll(app.HealthyAsync("other"), app.HealthyAsync("none"));

        var other = await ChangedAsync(app, "other");
        var none = await ChangedAsync(app, "none");

        Assert.Equal(("Other", "other"), (other["DOTNET_LAUNCH_PROFILE"], other["FROM_PROFILE"]));
        Assert.DoesNotContain(none.Keys, name => name is "DOTNET_LAUNCH_PROFILE" or "FROM_PROFILE" or "ASPNETCORE_ENVIRONMENT");
    }

    private static async Task<string?> Answers(HttpClient client)
    {
        try
        {
            return (await client.GetAsync("/health", TestModels.Cancellation)).IsSuccessStatusCode ? null : "unhealthy";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    /// <summary>What the process has other than this one.</summary>
    private static async Task<SortedDictionary<string, string>> ChangedAsync(DistributedApplication app, string resource)
    {
        using var client = app.CreateHttpClient(resource, "http");
        await TestModels.EventuallyAsync(() => Answers(client));
        var own = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value);
        var all = await app.GetAsync<Dictionary<string, string>>(resource, "/environment");
        return new(all.Where(v => own.GetValueOrDefault(v.Key) != v.Value).ToDictionary(), StringComparer.Ordinal);
    }
}

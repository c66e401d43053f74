using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The system with somebody who looks at its traces.</summary>
public sealed class TracedSystem : RunningSystem, IAsyncLifetime
{
    public TraceCollector Collector { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        Collector = await TraceCollector.StartAsync();
        await base.InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await base.DisposeAsync();
        await Disposing.AllAsync(Collector);
    }

    protected override void Configure(IDistributedApplicationTestingBuilder builder)
    {
        foreach (var project in builder.Resources.OfType<ProjectResource>())
            builder.CreateResourceBuilder(project)
                .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", Collector.Address)
                .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
                .WithEnvironment("OTEL_BSP_SCHEDULE_DELAY", "200");
    }
}

[Collection(OwnSystem.Name)]
public sealed class TracingTests(TracedSystem system) : IClassFixture<TracedSystem>
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Decision_FromTheGatewayToTheLastDelivery_IsOneTrace()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var student = await system.Anonymous().LoginAsync(email, School.Password);
        var achievement = (string)(await student.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends("След", Achievements.Pdf))).Ok()["uuid"]!;

        (await admin.PatchAsync("/api/v1/achievements/moderate", new { uuid = achievement, status = 1, points = 5 })).Ok();

        IReadOnlyList<CollectedSpan> trace = [];
        await Eventually.HoldsAsync(() =>
        {
            var spans = system.Collector.Spans;
            trace = [.. from span in spans where span.Trace == spans.FirstOrDefault(s => s.Service == "gateway" && s.Name.Contains("Moderate", StringComparison.Ordinal))?.Trace select span];
            // Points to Users, the news to Notifications: both by the outbox. A span is exported after those below it.
            return Task.FromResult(trace.Count(span => span.Name == "outbox deliver") >= 2 && Below("users").Any() && Below("notifications").Any() && Orphans().Length == 0);
        }, "the deliveries are in the trace of the request", Settle);

        Assert.Single(trace, span => span.Parent.Length == 0);
        Assert.Contains(trace, span => span is { Service: "achievements", Scope: "Npgsql" });
        Assert.Contains(trace, span => span is { Service: "users", Scope: "Npgsql" });
        Assert.Contains(trace, span => span is { Service: "notifications", Scope: "Npgsql" });
        Assert.Empty(Orphans());

        // What hangs below a span that nobody recorded.
        CollectedSpan[] Orphans() => [.. trace.Where(span => span.Parent.Length > 0 && trace.All(other => other.Id != span.Parent))];

        IEnumerable<CollectedSpan> Below(string service) => trace.Where(span => span.Service == service);
    }

    [Fact]
    public async Task Secrets_OfCalls_AreInNoTelemetry()
    {
        const string Stream = "/api/v1/notifications/stream";
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var tokens = (await system.Anonymous().SendAsync(HttpMethod.Post, "/api/v1/auth/login", new { email, password = School.Password })).Ok();
        var student = await system.Anonymous().LoginAsync(email, School.Password);
        var ticket = (string)(await student.SendAsync(HttpMethod.Post, $"{Stream}/ticket", new { })).Ok()["ticket"]!;
        var marker = $"marker-{Guid.NewGuid()}";

        using (var response = await system.Anonymous().Http.GetAsync($"{Stream}?ticket={ticket}", HttpCompletionOption.ResponseHeadersRead))
            Assert.True(response.IsSuccessStatusCode);
        using (var response = await system.Anonymous().Http.GetAsync($"{Stream}?ticket={ticket}"))
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        await student.GetAsync($"/api/v1/groups/{marker}");

        bool IsOfStream(CollectedSpan span) => span.Service == "gateway" && (span.Name.Contains("StreamNotifications", StringComparison.Ordinal) || span.Name.EndsWith(Stream, StringComparison.Ordinal));
        await Eventually.HoldsAsync(() => Task.FromResult(system.Collector.Contains(marker)), "the call with the marker is recorded", Settle);
        await Eventually.HoldsAsync(() => Task.FromResult(system.Collector.Spans.Count(IsOfStream) >= 2), "both streams are recorded", Settle);
        var secrets = new Dictionary<string, string>
        {
            ["password"] = School.Password,
            ["access token"] = (string)tokens["accessToken"]!,
            ["refresh token"] = (string)tokens["refreshToken"]!,
            ["access token of the stream"] = student.Token!,
            ["ticket"] = ticket,
        };
        Assert.Equal([], secrets.Where(secret => system.Collector.Contains(secret.Value)).Select(secret => secret.Key));
    }

    [Fact]
    public async Task IdleSystem_PollsAndHealthChecks_LeaveNoTraces()
    {
        // Long enough for polls, heartbeats and health checks: what marks the end is a request of our own.
        await system.AdminAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await system.Anonymous().GetAsync("/health")).Ok()));
        await system.AdminAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(system.Collector.Spans.Count(span => span.Service == "gateway" && span.Name.Contains("Login", StringComparison.Ordinal)) >= 2), "both logins are recorded", Settle);

        Assert.DoesNotContain(system.Collector.Spans, span => span.Parent.Length == 0 && (span.Scope is "Npgsql" or "Grpc.Net.Client" || span.Name is "GET" or "GET /health"));
    }
}

using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;

namespace ShTP.Hosting.Tests;

/// <summary>What the tests share: models of the sample projects, and a limit on every wait.</summary>
internal static class TestModels
{
    /// <summary>Long, because several test projects may share two cores.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static CancellationToken Cancellation
    {
        get
        {
            var limit = new CancellationTokenSource(Limit);
            return CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken).Token;
        }
    }

    public static IDistributedApplicationTestingBuilder Model(params string[] args) =>
        DistributedApplicationTestingBuilder.Create(["--environment=Development", "--Logging:LogLevel:Default=None", .. args]);

    public static IResourceBuilder<ProjectResource> AddSample(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddProject<Projects.ShTP_Hosting_SampleService>(name);

    public static IResourceBuilder<ProjectResource> AddHealthySample(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddSample(name).WithHttpHealthCheck("/health");

    /// <summary>Builds and starts the model.</summary>
    public static async Task<DistributedApplication> StartAsync(this IDistributedApplicationTestingBuilder builder)
    {
        var app = await builder.BuildAsync(Cancellation);
        await app.StartAsync(Cancellation);
        return app;
    }

    public static async Task<ResourceEvent> HealthyAsync(this DistributedApplication app, string name) =>
        await app.ResourceNotifications.WaitForResourceHealthyAsync(name, Cancellation);

    public static async Task<T> GetAsync<T>(this DistributedApplication app, string resource, string path)
    {
        using var client = app.CreateHttpClient(resource, "http");
        return (await client.GetFromJsonAsync<T>(path, Cancellation))!;
    }

    public static async Task<string> LogAsync(this DistributedApplication app, string resource)
    {
        var lines = new List<string>();
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource))
            lines.AddRange(batch.Select(l => l.Content));
        return string.Join('\n', lines);
    }

    public static int ProcessId(this ResourceEvent change) =>
        Assert.IsType<int>(change.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value);

    /// <summary>Asks until the condition holds; the failure says what was seen last.</summary>
    public static async Task EventuallyAsync(Func<Task<string?>> problem)
    {
        var end = DateTime.UtcNow + Limit;
        while (await problem() is { } seen)
        {
            Assert.True(DateTime.UtcNow < end, seen);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}

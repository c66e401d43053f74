using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using ShTP.AppHost.Postgres;
using ShTP.Testing;
using Xunit;

namespace ShTP.AppHost.Tests;

/// <summary>Small models with the pieces that the AppHost is made of, on the real orchestrator.</summary>
internal static class TestModel
{
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => DistributedApplicationTestingBuilder.Create(
        ["--environment=Development", "--Logging:LogLevel:Default=None", .. args],
        // The assembly that knows where the build put the orchestrator.
        (options, _) => options.AssemblyName = "ShTP.AppHost");

    public static IResourceBuilder<PostgresServerResource> AddLocalPostgres(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddPostgres(name).RunAsLocalProcess(PortBlock.Take(builder).TakePort(), dataDirectory: null);

    public static async Task<DistributedApplication> StartAsync(this IDistributedApplicationTestingBuilder builder)
    {
        await MissingTool.SkipWithoutPostgresAsync();
        var app = await builder.BuildAsync(Limits.Cancellation);
        await app.StartAsync(Limits.Cancellation);
        return app;
    }

    public static async Task<ResourceEvent> HealthyAsync(this DistributedApplication app, string name) =>
        await app.ResourceNotifications.WaitForResourceHealthyAsync(name, Limits.Cancellation);

    public static async Task RunCommandAsync(this DistributedApplication app, string name, string command)
    {
        var result = await app.ResourceCommands.ExecuteCommandAsync(name, command, Limits.Cancellation);
        Assert.True(result.Success, result.Message);
    }

    public static async Task<string> LogAsync(this DistributedApplication app, string resource)
    {
        var lines = new List<string>();
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource))
            lines.AddRange(batch.Select(line => line.Content));
        return string.Join('\n', lines);
    }

    public static int ProcessId(this ResourceEvent change) =>
        Convert.ToInt32(change.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
}

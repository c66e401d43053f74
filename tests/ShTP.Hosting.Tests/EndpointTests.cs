using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace ShTP.Hosting.Tests;

public sealed class EndpointTests
{
    [Fact]
    public async Task OneReplica_Restarted_KeepsItsPort()
    {
        await using var builder = TestModels.Model();
        builder.AddHealthySample("web");
        await using var app = await builder.StartAsync();
        var before = (await app.HealthyAsync("web")).ProcessId();
        var address = app.GetEndpoint("web", "http");

        var result = await app.ResourceCommands.ExecuteCommandAsync("web", KnownResourceCommands.RestartCommand, TestModels.Cancellation);

        Assert.True(result.Success, result.Message);
        var after = (await app.HealthyAsync("web")).ProcessId();
        Assert.NotEqual(before, after);
        Assert.Equal(address, app.GetEndpoint("web", "http"));
        Assert.Equal(after, await app.GetAsync<int>("web", "/pid"));
    }

    [Fact]
    public async Task Replicas_OneKilled_OthersAnswerOnTheSameAddressUntilItIsBack()
    {
        await using var builder = TestModels.Model();
        builder.AddHealthySample("web").WithReplicas(3);
        await using var app = await builder.StartAsync();
        await app.HealthyAsync("web");
        await TestModels.EventuallyAsync(async () => await AskAsync(app, 30) is { Count: 3 } ? null : "not all replicas answered");

        var all = await AskAsync(app, 30);
        var victim = all.First();
        using (var process = System.Diagnostics.Process.GetProcessById(victim))
            process.Kill();
        var ended = await app.ResourceNotifications.WaitForResourceAsync("web",
            e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), TestModels.Cancellation);
        var left = await AskAsync(app, 30);
        var start = await app.ResourceCommands.ExecuteCommandAsync(ended.ResourceId, KnownResourceCommands.StartCommand, TestModels.Cancellation);

        Assert.Equal(137, ended.Snapshot.ExitCode);
        Assert.Equal(all.Where(pid => pid != victim).Order(), left.Order());
        Assert.True(start.Success, start.Message);
        await app.ResourceNotifications.WaitForResourceAsync("web", e => e.ResourceId == ended.ResourceId &&
            e.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, TestModels.Cancellation);
        await TestModels.EventuallyAsync(async () => await AskAsync(app, 30) is { Count: 3 } ? null : "the replica is not back");
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("web", "stop", TestModels.Cancellation)).Success,
            "A name that stands for three instances is ambiguous.");
    }

    [Fact]
    public async Task FixedPort_Taken_FailsToStartAndNamesThePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var builder = TestModels.Model("--DcpPublisher:RandomizePorts=false");
        builder.AddSample("web").WithEndpoint("http", e => e.Port = port).WithEndpoint("grpc", e => e.Port = null);
        await using var app = await builder.StartAsync();

        await app.ResourceNotifications.WaitForResourceAsync("web", KnownResourceStates.FailedToStart, TestModels.Cancellation);

        Assert.Contains($"Port {port}, endpoint 'http' of 'web', is in use by another program.", await app.LogAsync("web"));
    }

    [Fact]
    public async Task FixedPort_Free_IsThePublicPort()
    {
        var (port, hold) = Aspire.Hosting.Orchestration.LocalPort.Reserve();
        using (hold)
        {
            await using var builder = TestModels.Model("--DcpPublisher:RandomizePorts=false");
            builder.AddHealthySample("web").WithEndpoint("http", e => e.Port = port).WithEndpoint("grpc", e => e.Port = null);
            await using var app = await builder.StartAsync();
            await app.HealthyAsync("web");

            Assert.Equal(port, app.GetEndpoint("web", "http").Port);
            using var client = new HttpClient();
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"http://127.0.0.1:{port}/health", TestModels.Cancellation)).StatusCode);
        }
    }

    [Fact]
    public void ReservedPort_OfAnotherReservation_IsNeverGivenTwice()
    {
        var reserved = Enumerable.Range(0, 200).Select(_ => Aspire.Hosting.Orchestration.LocalPort.Reserve()).ToArray();
        try
        {
            Assert.Distinct(reserved.Select(r => r.Port));
            Assert.All(reserved, r => Assert.True(Aspire.Hosting.Orchestration.LocalPort.IsFree(r.Port), "A process must still be able to listen on it."));
        }
        finally
        {
            foreach (var (_, hold) in reserved)
                hold.Dispose();
        }
    }

    [Fact]
    public async Task Endpoints_OfTheModel_AreThoseOfTheProjectsKestrelSettings()
    {
        await using var builder = TestModels.Model();
        var project = builder.AddSample("web");

        var endpoints = project.Resource.Annotations.OfType<EndpointAnnotation>().ToArray();

        Assert.Equal([("grpc", 5302, "http2"), ("http", 5301, "http")], endpoints.Select(e => (e.Name, e.Port!.Value, e.Transport)));
        Assert.All(endpoints, e => Assert.Equal(("http", "localhost"), (e.UriScheme, e.TargetHost)));
        Assert.Throws<InvalidOperationException>(() => project.GetEndpoint("http").Url);
    }

    /// <summary>The processes that answered, each over a connection of its own.</summary>
    private static async Task<HashSet<int>> AskAsync(DistributedApplication app, int times)
    {
        var found = new HashSet<int>();
        for (var i = 0; i < times; i++)
        {
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = app.GetEndpoint("web", "http") };
            found.Add(int.Parse(await client.GetStringAsync("/pid", TestModels.Cancellation)));
        }
        return found;
    }
}

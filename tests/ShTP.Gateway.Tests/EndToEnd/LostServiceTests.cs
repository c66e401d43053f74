using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using ShTP.Testing;
using static ShTP.Gateway.Tests.EndToEnd.Http;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>Connections and instances that go away in the middle of work.</summary>
public sealed class LostServiceTests
{
    [Fact]
    public async Task Connection_LostDuringARead_IsRepeatedOnce()
    {
        var seen = new ConcurrentDictionary<string, int>();
        await using var gateway = new GatewayFixture();
        await using var fragile = await StartFragileAsync(gateway, seen);
        await gateway.With("services:library:grpc:0", fragile.Grpc).StartAsync();

        using var response = await gateway.SendAsync("GET", "/api/v1/books/1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, seen["/shtp.library.v1.LibraryService/GetBook"]);
    }

    [Fact]
    public async Task Connection_LostDuringAWrite_IsNotRepeated()
    {
        var seen = new ConcurrentDictionary<string, int>();
        await using var gateway = new GatewayFixture();
        await using var fragile = await StartFragileAsync(gateway, seen);
        await gateway.With("services:library:grpc:0", fragile.Grpc).StartAsync();

        using (var response = await gateway.SendAsync("PUT", "/api/v1/books", JsonBody("{}")))
            await response.ProblemAsync(503);

        Assert.Equal(1, seen["/shtp.library.v1.LibraryService/PutBook"]);
        using var again = await gateway.SendAsync("PUT", "/api/v1/books", JsonBody("{}"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/api/v1/books/1")]
    [InlineData("PUT", "/api/v1/books")]
    public async Task Machine_Lost_IsUnavailable(string method, string path)
    {
        using var silent = new SilentPort(IPAddress.Loopback);
        await using var gateway = new GatewayFixture();
        await gateway.With("services:library:grpc:0", silent.Address.ToString()).With("Gateway:Transcoding:ConnectTimeout", "00:00:00.500").StartAsync();

        using var response = await gateway.SendAsync(method, path, method == "GET" ? null : JsonBody("{}"));

        Assert.Equal("The service 'library' is not available, try again later", await response.ProblemAsync(503));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200_000)]
    public async Task Files_Down_AnUploadIsRefusedWithoutAddressesOfTheInside(int size)
    {
        await using var gateway = new GatewayFixture();
        await gateway.With("services:files:grpc:0", "http://127.0.0.1:9").StartAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[size]), "cover", "a.png" }, { JsonBody("{}"), "book" } };

        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: gateway.Keys.Mint("teacher"));

        Assert.Equal("files is not available", await response.ProblemAsync(503));
    }

    [Fact]
    public async Task Replica_Killed_NoCallFails()
    {
        await using var gateway = new GatewayFixture();
        var second = await Backend.StartAsync(gateway.Keys);
        await gateway.With("services:library:grpc:1", second.Grpc).With("services:library:http:1", second.Http).StartAsync();
        await AssertAllSucceedAsync(gateway, "before");
        Assert.Contains("before", second.Calls.Counts.Keys);
        Assert.Contains("before", gateway.Backend.Calls.Counts.Keys);

        await second.DisposeAsync();

        await AssertAllSucceedAsync(gateway, "after");
        Assert.Equal(20, gateway.Backend.Calls.Counts["after"]);
    }

    [Fact]
    public async Task Gateway_Stopping_FinishesCallsAndEndsStreams()
    {
        await using var gateway = await new GatewayFixture().StartAsync();
        using var stream = await gateway.Client.GetAsync("/api/v1/books/watch/1?code=-1", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(await lines.ReadLineAsync(TestContext.Current.CancellationToken));
        var call = gateway.SendAsync("GET", "/api/v1/books/slow?delay=600");
        await Eventually.IsAsync(() => Task.FromResult(gateway.Backend.Calls.Counts.ContainsKey("slow")), "the call has reached the service");

        var stopping = gateway.StopGatewayAsync();

        using var response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("restarting", await lines.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static async Task AssertAllSucceedAsync(GatewayFixture gateway, string id)
    {
        for (var i = 0; i < 20; i++)
        {
            using var response = await gateway.SendAsync("GET", $"/api/v1/books/{id}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        for (var i = 0; i < 20; i++)
        {
            using var response = await gateway.SendAsync("PUT", "/api/v1/books", JsonBody("{}"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    /// <summary>A backend that cuts the connection on the first call of each RPC.</summary>
    private static Task<Backend> StartFragileAsync(GatewayFixture gateway, ConcurrentDictionary<string, int> seen) => Backend.StartAsync(gateway.Keys, app => app.Use((context, next) =>
    {
        if (seen.AddOrUpdate(context.Request.Path, 1, (_, count) => count + 1) > 1)
            return next(context);
        context.Features.Get<IConnectionLifetimeFeature>()!.Abort();
        return Task.CompletedTask;
    }));
}

using System.Net;

namespace ShTP.Hosting.Tests;

public sealed class TestingBuilderTests
{
    // A secret of the command line, so that no test touches the user's secrets.
    private const string Secret = "--Parameters:sample-secret=s";
    private const string Quiet = "--Logging:LogLevel:Default=None";

    [Fact]
    public async Task AppHost_TwoSideBySide_RunOnTheirOwn()
    {
        await using var first = await StartSampleAsync();
        await using var second = await StartSampleAsync();

        await Task.WhenAll(first.HealthyAsync("front"), second.HealthyAsync("front"));

        using var client = first.CreateHttpClient("front");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", TestModels.Cancellation)).StatusCode);
        Assert.NotEqual(first.GetEndpoint("front", "http"), second.GetEndpoint("front", "http"));
        Assert.NotEqual(await first.GetConnectionStringAsync("sampledb", TestModels.Cancellation),
            await second.GetConnectionStringAsync("sampledb", TestModels.Cancellation));
        var variables = await first.GetAsync<Dictionary<string, string>>("back", "/environment");
        Assert.Equal("s", variables["SECRET"]);
    }

    [Fact]
    public async Task AppHost_HeldInBuild_CanBeChangedByTheTest()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ShTP_Hosting_SampleAppHost>(
            [Secret, Quiet], TestModels.Cancellation);
        var back = builder.Resources.OfType<ProjectResource>().Single(r => r.Name == "back");
        builder.CreateResourceBuilder(back).WithEnvironment("ADDED", "by the test");
        Assert.Equal("Development", builder.Environment.EnvironmentName);
        Assert.Equal("yes", builder.Configuration["FROM_APPHOST_PROFILE"]);
        Assert.EndsWith("Samples/AppHost", builder.AppHostDirectory);

        await using var app = await builder.BuildAsync(TestModels.Cancellation);
        Assert.Throws<InvalidOperationException>(() => app.CreateHttpClient("back"));
        await app.StartAsync(TestModels.Cancellation);
        await app.HealthyAsync("back");

        Assert.Equal("by the test", (await app.GetAsync<Dictionary<string, string>>("back", "/environment"))["ADDED"]);
        Assert.Throws<ArgumentException>(() => app.GetEndpoint("nobody"));
        Assert.Throws<ArgumentException>(() => app.GetEndpoint("back", "nothing"));
        await app.StopAsync(TestModels.Cancellation);
    }

    [Fact]
    public async Task AppHost_NeverBuilt_EndsWithTheBuilder()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ShTP_Hosting_SampleAppHost>(
            [Secret, Quiet], TestModels.Cancellation);

        Assert.NotEmpty(builder.Resources);
    }

    [Fact]
    public async Task AppHost_ThatReturnsWithoutBuilding_Throws()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DistributedApplicationTestingBuilder.CreateAsync<Projects.ShTP_Hosting_SampleAppHost>(["--leave=before-build"], TestModels.Cancellation));

        Assert.Contains("without building a DistributedApplication", error.Message);
    }

    private static async Task<DistributedApplication> StartSampleAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.ShTP_Hosting_SampleAppHost>(
            [Secret, Quiet], TestModels.Cancellation);
        return await builder.StartAsync();
    }
}

using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>Two systems on one machine.</summary>
public sealed class TwoSystems : IAsyncLifetime
{
    public RunningSystem One { get; } = new();

    public RunningSystem Other { get; } = new();

    public async ValueTask InitializeAsync() => await Task.WhenAll(One.InitializeAsync().AsTask(), Other.InitializeAsync().AsTask());

    public async ValueTask DisposeAsync() => await Task.WhenAll(One.DisposeAsync().AsTask(), Other.DisposeAsync().AsTask());
}

[Collection(OwnSystem.Name)]
public sealed class SideBySideTests(TwoSystems systems) : IClassFixture<TwoSystems>
{
    [Fact]
    public async Task TwoSystems_StartedTogether_HaveNothingInCommon()
    {
        Assert.Empty(Ports(systems.One).Intersect(Ports(systems.Other)));
        var admin = await systems.One.AdminAsync();
        var email = School.UniqueEmail();
        var user = await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);

        (await systems.One.Anonymous().TryLoginAsync(email, School.Password)).Ok();
        Assert.Equal(HttpStatusCode.Unauthorized, (await systems.Other.Anonymous().TryLoginAsync(email, School.Password)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await systems.Other.Anonymous().GetAsync($"/api/v1/users/{user}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new ApiClient(systems.Other.Anonymous().Http, admin.Token).GetAsync("/api/v1/auth/me")).Status);
    }

    [Fact]
    public async Task ServiceOfOne_Killed_IsMissedByThatOneAlone()
    {
        var (one, other) = (await systems.One.AdminAsync(), await systems.Other.AdminAsync());
        await systems.One.KillAsync("files");
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await one.GetAsync("/api/v1/files/usage")).Status);
            (await other.GetAsync("/api/v1/files/usage")).Ok();
        }
        finally
        {
            await systems.One.ReviveAsync("files");
        }
    }

    private static IEnumerable<int> Ports(RunningSystem system) => system.App.Services.GetRequiredService<DistributedApplicationModel>().Resources
        .SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()).Select(endpoint => endpoint.AllocatedEndpoint).OfType<AllocatedEndpoint>().Select(endpoint => endpoint.Port);
}

using System.Net;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>Two systems on one machine. One runs already, so the other one must leave it what it has.</summary>
[Collection(ShakenSystem.Name)]
public sealed class SideBySideTests(RunningSystem one, SideBySideTests.OtherSystem other) : IClassFixture<SideBySideTests.OtherSystem>
{
    public sealed class OtherSystem : RunningSystem;

    [Fact]
    public async Task TwoSystems_OnOneMachine_HaveNothingInCommon()
    {
        Assert.Empty(Ports(one).Intersect(Ports(other)));
        var admin = await one.AdminAsync();
        var email = School.UniqueEmail();
        var user = await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);

        (await one.Anonymous().TryLoginAsync(email, School.Password)).Ok();
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.Anonymous().TryLoginAsync(email, School.Password)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Anonymous().GetAsync($"/api/v1/users/{user}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new ApiClient(other.Anonymous().Http, admin.Token).GetAsync("/api/v1/auth/me")).Status);
    }

    [Fact]
    public async Task ServiceOfOne_Killed_IsMissedByThatOneAlone()
    {
        var (ofOne, ofOther) = (await one.AdminAsync(), await other.AdminAsync());
        await one.KillAsync("files");
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ofOne.GetAsync("/api/v1/files/usage")).Status);
            (await ofOther.GetAsync("/api/v1/files/usage")).Ok();
        }
        finally
        {
            await one.ReviveAsync("files");
        }
    }

    private static IEnumerable<int> Ports(RunningSystem system) => system.App.Services.GetRequiredService<DistributedApplicationModel>().Resources
        .SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()).Select(endpoint => endpoint.AllocatedEndpoint).OfType<AllocatedEndpoint>().Select(endpoint => endpoint.Port);
}

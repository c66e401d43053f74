using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The system with two instances of Users.</summary>
public sealed class ReplicatedSystem : RunningSystem
{
    protected override void Configure(IDistributedApplicationTestingBuilder builder)
    {
        var users = builder.Resources.OfType<ProjectResource>().Single(resource => resource.Name == "users");
        builder.CreateResourceBuilder(users).WithReplicas(2);
        // Two processes cannot share a port: the orchestrator's proxy stands before them.
        foreach (var endpoint in users.Annotations.OfType<EndpointAnnotation>())
            endpoint.IsProxied = true;
    }
}

[Collection(OwnSystem.Name)]
public sealed class ReplicaTests(ReplicatedSystem system) : IClassFixture<ReplicatedSystem>
{
    [Fact]
    public async Task TwoReplicas_ManyWritersOfOneEmail_BehaveAsOne()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var email = School.UniqueEmail();

        // A connection sticks to one replica, so every writer has its own.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            new ApiClient(system.Anonymous().Http, admin.Token).TryCreateUserAsync(group, email, lastName: $"Lovelace {i}")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        (await system.Anonymous().TryLoginAsync(email, School.Password)).Ok();
    }

    [Fact]
    public async Task TwoReplicas_WritesAtOne_AreReadAtBoth()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        for (var i = 0; i < 10; i++)
        {
            var id = await admin.CreateUserAsync(group, School.UniqueEmail());
            var seen = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => system.Anonymous().GetAsync($"/api/v1/users/{id}")));
            Assert.All(seen, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        }
    }
}

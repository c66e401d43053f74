using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The system with a checker that judges, and a git server of the school's own for contests.</summary>
public sealed class JudgingSystem : RunningSystem, IAsyncLifetime
{
    public GitServer Git { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        MissingTool.SkipWithout(("bwrap", "bubblewrap"), ("g++", "g++"), ("python3", "python3"));
        Git = await GitServer.StartAsync();
        await base.InitializeAsync();
        await HealthyAsync("checker", StartLimit);
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await base.DisposeAsync();
        await Disposing.AllAsync(Git);
    }

    protected override void Configure(IDistributedApplicationTestingBuilder builder)
    {
        Find("assignments").WithEnvironment("Assignments__GitHosts__0", GitServer.Host);
        Find("checker").WithEnvironment($"Checker__OwnHosts__{GitServer.Host}", Git.Address.ToString())
            .WithEnvironment("Checker__CertificateAuthorities", Git.CertificateAuthorities);

        IResourceBuilder<ProjectResource> Find(string name) =>
            builder.CreateResourceBuilder(builder.Resources.OfType<ProjectResource>().Single(resource => resource.Name == name));
    }
}

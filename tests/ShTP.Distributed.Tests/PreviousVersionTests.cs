using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using ShTP.Load.Comparing;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>
/// An upgrade service by service: programs of the version before serve beside the new ones, on databases that the new ones
/// have migrated, and the requests of that version answer as its file says. Each pair of services speaks old to new and new
/// to old in one of the two systems.
/// </summary>
[Collection(OwnSystem.Name)]
public sealed class PreviousVersionTests
{
    private static readonly string[] FirstHalf = ["auth", "achievements", "notifications", "checker", "gateway"];
    private static readonly string[] OtherHalf = ["users", "files", "events", "assignments"];

    // The commit of the version before, such as the tag of what runs at the school.
    private const string Setting = "SHTP_PREVIOUS";

    [Fact(Explicit = true)]
    public async Task Requests_OfTheVersionBefore_AreServedByBoth()
    {
        var commit = Environment.GetEnvironmentVariable(Setting);
        Assert.False(string.IsNullOrEmpty(commit), $"{Setting} must name the commit of the version before.");
        var folder = await Worktree.BuildAsync(Repository.Root, "previous", commit, "-p:RunAnalyzers=false");
        foreach (var old in new[] { FirstHalf, OtherHalf })
        {
            await using var system = new MixedSystem(folder, old);
            await system.InitializeAsync();
            foreach (var name in old)
                Assert.StartsWith(folder, system.VariableOf(name, MixedSystem.Mark), StringComparison.Ordinal);

            await RequestsFileTests.SendAllAsync(system, Path.Combine(folder, "requests", "shtp.http"));
        }
    }

    private sealed class MixedSystem(string folder, string[] old) : RunningSystem
    {
        public const string Mark = "SHTP_PROGRAM";

        protected override void Configure(IDistributedApplicationTestingBuilder builder)
        {
            foreach (var name in old)
            {
                var project = builder.CreateResourceBuilder(builder.Resources.OfType<ProjectResource>().Single(resource => resource.Name == name));
                var current = project.Resource.Annotations.OfType<ExecutableAnnotation>().Single();
                var program = InFolder(current.Command);
                project.Resource.Annotations.Remove(current);
                project.WithAnnotation(new ExecutableAnnotation { Command = program, WorkingDirectory = InFolder(current.WorkingDirectory) }).WithEnvironment(Mark, program);
                if (builder.Resources.OfType<IResourceWithConnectionString>().SingleOrDefault(resource => resource.Name == $"{name}db") is not { } found)
                    continue;
                var database = builder.CreateResourceBuilder(found);
                project.WaitForCompletion(builder.AddExecutable($"migrate-{name}", current.Command, current.WorkingDirectory, "migrate")
                    .WithEnvironment("DOTNET_ENVIRONMENT", "Production").WithReference(database).WaitFor(database));
            }
        }

        private string InFolder(string path) => Path.Combine(folder, Path.GetRelativePath(Repository.Root, path));
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using ShTP.LocalPostgres.Processes;

namespace Aspire.Hosting.Projects;

/// <summary>Starts the built file of a project, in the project's directory, with the environment that the model gives it.</summary>
internal sealed partial class ProjectLauncher(ProjectEnvironment environment, ResourceLoggerService loggers,
    ResourceNotificationService notifications) : ResourceLauncher
{
    public override string EndState => KnownResourceStates.Finished;

    public override async Task<RunningResource> LaunchAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var project = instance.Resource;
        var metadata = project.Annotations.OfType<IProjectMetadata>().Single();
        var launch = project.Annotations.OfType<ProjectLaunchAnnotation>().Single();
        if (launch.TargetPath is null)
            throw new DistributedApplicationException(
                $"The project {metadata.ProjectPath} is not a project reference of the AppHost, so where its build goes is unknown.");
        if (!File.Exists(launch.TargetPath))
            throw new DistributedApplicationException(
                $"The project {metadata.ProjectPath} is not built: {launch.TargetPath} does not exist. Run 'dotnet build' first.");
        ThrowOnTakenPort(instance);

        var arguments = await ArgumentsAsync(project, launch, cancellationToken);
        var variables = await environment.BuildAsync(instance, cancellationToken);
        var log = new ConsoleOutput(loggers.Log(project.Name));
        var child = await ChildProcess.StartAsync(new ChildProcessStart
        {
            FileName = DotnetPath,
            Arguments = [launch.TargetPath, .. arguments],
            WorkingDirectory = Path.GetDirectoryName(metadata.ProjectPath)!,
            Environment = variables.All,
            Output = log.Output,
            Error = log.Error,
        });
        await notifications.PublishUpdateAsync(project, instance.Id, s => s with
        {
            EnvironmentVariables = [.. variables.Set.Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, IsFromSpec: true))],
            Properties = [
                new("project.path", metadata.ProjectPath), new("executable.path", DotnetPath),
                new("executable.workDir", Path.GetDirectoryName(metadata.ProjectPath))],
        });
        return new RunningProject(child);
    }

    /// <summary>The dotnet that runs this process: its runtime lies in ROOT/shared/Microsoft.NETCore.App/VERSION/.</summary>
    private static string DotnetPath { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(),
        "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private static void ThrowOnTakenPort(ResourceInstance instance)
    {
        foreach (var (endpoint, port) in instance.TargetPorts)
            if (!LocalPort.IsFree(port))
                throw new DistributedApplicationException(string.Create(CultureInfo.InvariantCulture,
                    $"Port {port}, endpoint '{endpoint.Name}' of '{instance.Resource.Name}', is in use by another program. " +
                    $"Stop that program or give the endpoint another port."));
    }

    private static async Task<List<string>> ArgumentsAsync(IResource project, ProjectLaunchAnnotation launch,
        CancellationToken cancellationToken)
    {
        List<object> arguments = [.. ArgumentPattern().Matches(launch.CommandLineArgs ?? "").Select(m => m.Value.Replace("\"", ""))];
        foreach (var annotation in project.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(new CommandLineArgsCallbackContext(arguments, cancellationToken));
        var values = new List<string>();
        foreach (var argument in arguments)
            if (await ProjectEnvironment.ValueAsync(argument, new ValueProviderContext(), cancellationToken) is { } value)
                values.Add(value);
        return values;
    }

    // Words, or parts in double quotes.
    [GeneratedRegex("(?:\"[^\"]*\"|[^\\s\"])+")]
    private static partial Regex ArgumentPattern();

    private sealed class RunningProject(ChildProcess child) : RunningResource
    {
        public override int? ProcessId => child.Id;

        public override Task<int> Exited => child.Exited;

        public override Task StopAsync(TimeSpan limit) => child.StopAsync(UnixSignal.Terminate, limit);
    }
}

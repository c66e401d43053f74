using System.Reflection;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>What is different when an AppHost runs in a test.</summary>
internal static class TestDefaults
{
    public static void Apply(DistributedApplicationOptions options, HostApplicationBuilderSettings settings, Assembly appHost,
        string[] args)
    {
        options.Args = [.. options.Args ?? [], .. args];
        options.AssemblyName = appHost.GetName().Name;
        options.ProjectDirectory = AppHostMetadata.ProjectDirectory(appHost) ?? options.ProjectDirectory;
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;

        settings.Args = options.Args;
        settings.ApplicationName = appHost.GetName().Name;
        settings.ContentRootPath = options.ProjectDirectory;
        settings.Configuration ??= new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection(Values(options.ProjectDirectory));
    }

    private static Dictionary<string, string?> Values(string? projectDirectory)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["DcpPublisher:RandomizePorts"] = "true",
            ["ASPNETCORE_URLS"] = "http://localhost:8080",
        };
        // The variables of the launch profile go into configuration, not into this process, which may run several AppHosts.
        if (projectDirectory is null || LaunchSettings.Read(projectDirectory) is not { } settings)
            return values;
        var wanted = Environment.GetEnvironmentVariable("DOTNET_LAUNCH_PROFILE");
        var profile = settings.Profiles.FirstOrDefault(p => p.Key == wanted && wanted is not null);
        if (profile.Key is null)
            profile = settings.Profiles.FirstOrDefault(p => p.Value.IsForProject);
        if (profile.Key is null)
            return values;
        values["DOTNET_LAUNCH_PROFILE"] = profile.Key;
        foreach (var (name, value) in profile.Value.EnvironmentVariables)
        {
            values[name.Replace("__", ":", StringComparison.Ordinal)] = value;
            // As a host reads variables with these prefixes.
            foreach (var prefix in (string[])["DOTNET_", "ASPNETCORE_"])
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    values[name[prefix.Length..].Replace("__", ":", StringComparison.Ordinal)] = value;
        }
        return values;
    }
}

using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

internal static class DemoSchool
{
    private const string Switch = "--demo";

    /// <summary>Adds a value to the switch <c>--demo</c>. Without a value, configuration would read the next argument as its value.</summary>
    public static string[] WithSwitch(string[] args) => [.. args.Select(arg => arg == Switch ? $"{Switch}=true" : arg)];

    /// <summary>
    /// Adds the program that fills the system with a demo school. It starts with <c>--demo</c> when the gateway is
    /// healthy, otherwise by a command in the dashboard.
    /// </summary>
    public static void AddDemo(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> gateway,
        IResourceBuilder<ParameterResource> adminEmail, IResourceBuilder<ParameterResource> adminPassword, SystemData data, AppHostOptions options)
    {
        if (!builder.ExecutionContext.IsRunMode)
            return;
        // Stored with the data, so that the demo users can sign in after a restart.
        var password = builder.AddSecret("demo-password", new GenerateParameterDefault { MinLength = 16, Special = false }, data);
        // Its output shows the progress.
        builder.Configuration[$"Logging:LogLevel:{builder.Environment.ApplicationName}.Resources.{ResourceNames.Demo}"] ??= "Information";
        var demo = builder.AddProject<Projects.ShTP_Demo>(ResourceNames.Demo)
            .WithEnvironment("Demo__Api", gateway.GetEndpoint("http"))
            .WithEnvironment("Demo__AdminEmail", adminEmail)
            .WithEnvironment("Demo__AdminPassword", adminPassword)
            .WithEnvironment("Demo__Password", password)
            .WaitFor(gateway)
            .WithParentRelationship(gateway)
            .WithIconName("PeopleCommunity")
            .RunsDirectly();
        if (!options.MakesDemo)
            demo.WithExplicitStart();
        if (builder.Configuration[AppHostSettings.Students] is { } students)
            demo.WithEnvironment("Demo__Students", students);
    }
}

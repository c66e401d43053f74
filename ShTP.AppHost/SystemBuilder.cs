namespace ShTP.AppHost;

/// <summary>Creates the builder with the settings that every start of ShTP needs.</summary>
internal static class SystemBuilder
{
    public static IDistributedApplicationBuilder Create(string[] args)
    {
        Console.WriteLine("ShTP starts. The first start prepares PostgreSQL and takes longer.");
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = DemoSchool.WithSwitch(args),
            EnableResourceLogging = true,
            DisableDashboard = args.Contains($"--{AppHostSettings.Dashboard}=false"),
            AllowUnsecuredTransport = true,
        });
        // Loopback only, and a new machine has no trusted development certificate.
        builder.Configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] ??= "true";
        // Package versions are pinned by the repository, so no check for updates is needed.
        builder.Configuration["ASPIRE_VERSION_CHECK_DISABLED"] ??= "true";
        builder.BoundTelemetry();
        return builder;
    }
}

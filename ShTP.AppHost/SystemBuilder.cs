namespace ShTP.AppHost;

/// <summary>A builder of a distributed application with what every start of ShTP has in common.</summary>
internal static class SystemBuilder
{
    private const string DashboardSetting = "dashboard";

    public static IDistributedApplicationBuilder Create(string[] args)
    {
        Console.WriteLine("ShTP starts. The first start prepares PostgreSQL and takes longer.");
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = DemoSchool.WithSwitch(args),
            EnableResourceLogging = true,
            DisableDashboard = args.Contains($"--{DashboardSetting}=false"),
            AllowUnsecuredTransport = true,
        });
        // Loopback only, and a plain machine has no development certificate that its browser trusts.
        builder.Configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] ??= "true";
        // Package versions are pinned by the repository, so no check for updates is needed.
        builder.Configuration["ASPIRE_VERSION_CHECK_DISABLED"] ??= "true";
        builder.BoundTelemetry();
        return builder;
    }
}

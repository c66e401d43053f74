namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    public string? AssemblyName { get; set; }

    /// <summary>There is no dashboard here; the property completes the options.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>True: what resources write also goes to the loggers <c>{application}.Resources.{resource}</c>.</summary>
    public bool EnableResourceLogging { get; set; }

    /// <summary>The directory of the AppHost project; null: what its build noted in the assembly.</summary>
    public string? ProjectDirectory { get; set; }

    public bool AllowUnsecuredTransport { get; set; }
}

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>The configuration or the build has faults, so the process must not start. Lists all of them.</summary>
public sealed class StartException(IReadOnlyList<string> faults)
    : Exception("Cannot start:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}")))
{
    /// <summary>One line each.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}

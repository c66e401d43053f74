namespace ShTP.ServiceDefaults.Configuration;

/// <summary>The process must not start as it is configured or built; lists everything that is wrong at once.</summary>
public sealed class StartException(IReadOnlyList<string> faults)
    : Exception("Cannot start:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}")))
{
    /// <summary>One line each.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}

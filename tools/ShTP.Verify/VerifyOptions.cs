namespace ShTP.Verify;

/// <summary>The configuration section <c>Verify</c>, checked at start.</summary>
internal sealed class VerifyOptions
{
    public const string Section = "Verify";

    private const int MaxShownLimit = 10_000;

    /// <summary>Age at which what waits for delivery or judging is stuck.</summary>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time after which everything that was found is looked at again. Zero for databases that do not change.</summary>
    public TimeSpan ConfirmAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many violations of an invariant are printed.</summary>
    public int MaxShown { get; set; } = 20;

    /// <summary>The folder of Files; empty to check no content.</summary>
    public string FilesDirectory { get; set; } = "";

    /// <summary>The faults, each with its setting.</summary>
    public IEnumerable<string> FindFaults()
    {
        if (StuckAfter <= TimeSpan.Zero || StuckAfter > TimeSpan.FromDays(30))
            yield return $"{Section}:StuckAfter must be positive and at most 30 days.";
        if (ConfirmAfter < TimeSpan.Zero || ConfirmAfter > TimeSpan.FromHours(1))
            yield return $"{Section}:ConfirmAfter must be between 0 and 1 hour.";
        if (MaxShown is < 1 or > MaxShownLimit)
            yield return $"{Section}:MaxShown must be between 1 and {MaxShownLimit}.";
        if (FilesDirectory.Length > 0 && !Directory.Exists(FilesDirectory))
            yield return $"{Section}:FilesDirectory: there is no folder '{FilesDirectory}'.";
    }
}

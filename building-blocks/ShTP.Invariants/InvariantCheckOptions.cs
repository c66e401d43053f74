namespace ShTP.Invariants;

/// <summary>Options of <see cref="InvariantCheck"/>.</summary>
public sealed record InvariantCheckOptions
{
    /// <summary>Age at which what waits for delivery or judging is stuck.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Time after which everything that was found is looked at again, and only reported when it is still there: in a running
    /// system the databases are read at slightly different moments. Zero for databases that do not change.
    /// </summary>
    public TimeSpan ConfirmAfter { get; init; }

    /// <summary>How many violations of an invariant are kept; the others are counted.</summary>
    public int MaxShown { get; init; } = 20;

    /// <summary>The folder of Files, when the content of files is there; null to check no content.</summary>
    public string? FilesDirectory { get; init; }
}

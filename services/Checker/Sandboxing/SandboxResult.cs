namespace ShTP.Checker.Sandboxing;

/// <summary>The limit that ended a command.</summary>
internal enum SandboxLimit
{
    None,
    CpuTime,
    WallTime,
    Memory,
    Output,
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">128 plus the number of the signal when a signal ended it, as in shells.</param>
/// <param name="Limit">The limit that was exceeded; the exit code has no meaning then.</param>
internal sealed record SandboxResult(int ExitCode, SandboxLimit Limit)
{
    public required TimeSpan CpuTime { get; init; }

    public required TimeSpan WallTime { get; init; }

    public required long PeakMemoryBytes { get; init; }

    public required byte[] Output { get; init; }

    /// <summary>The beginning of standard error.</summary>
    public required byte[] Error { get; init; }

    /// <summary>The signal that ended it, or null. A program can fake one by its exit code, which misleads only its author.</summary>
    public int? Signal => ExitCode is > 128 and <= 128 + 64 ? ExitCode - 128 : null;

    public bool Succeeded => Limit == SandboxLimit.None && ExitCode == 0;
}

/// <summary>The sandbox itself failed, and the result of the program is unknown.</summary>
internal sealed class SandboxException(string message) : Exception(message);

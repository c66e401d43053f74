namespace ShTP.LocalPostgres.Processes;

/// <summary>What to start as a <see cref="ChildProcess"/>.</summary>
internal sealed record ChildProcessStart
{
    public required string FileName { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string WorkingDirectory { get; init; }

    /// <summary>Account of the process; null for the account of this process.</summary>
    public ServerAccount? Account { get; init; }

    /// <summary>Signal that the child gets when this process ends in any way.</summary>
    public UnixSignal DeathSignal { get; init; } = UnixSignal.Kill;

    public required Action<string> Output { get; init; }

    public required Action<string> Error { get; init; }
}

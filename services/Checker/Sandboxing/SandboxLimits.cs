namespace ShTP.Checker.Sandboxing;

/// <summary>The limits of a command. Exceeding one ends it.</summary>
/// <param name="CpuTime">Processor time of all its processes together.</param>
/// <param name="WallTime">Wall time from start to end, including waiting.</param>
/// <param name="MemoryBytes">Memory of all its processes together, its temporary files included.</param>
internal sealed record SandboxLimits(TimeSpan CpuTime, TimeSpan WallTime, long MemoryBytes)
{
    public const long Mebibyte = 1024 * 1024;

    /// <summary>Of standard output, and of standard error.</summary>
    public long OutputBytes { get; init; } = Mebibyte;

    /// <summary>The beginning of standard error that is kept; the rest counts for <see cref="OutputBytes"/> and is dropped.</summary>
    public int KeptErrorBytes { get; init; } = 16 * 1024;

    /// <summary>Processes and threads at one time.</summary>
    public int Processes { get; init; } = 32;

    /// <summary>All files in <c>/tmp</c> together, and each of them.</summary>
    public long FileBytes { get; init; } = 16 * Mebibyte;

    public int OpenFiles { get; init; } = 64;

    /// <summary>
    /// Stack of the first thread. It grows to nearly all memory, but not to all, so that endless recursion is reported
    /// as a fault of the program before the memory limit on every host.
    /// </summary>
    public long StackBytes { get; init; } = Math.Max(MemoryBytes - MemoryBytes / 16 - 4 * Mebibyte, 8 * Mebibyte);
}

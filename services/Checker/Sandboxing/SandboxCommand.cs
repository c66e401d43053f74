namespace ShTP.Checker.Sandboxing;

/// <summary>A file of the host that the command sees as a read-only copy at <paramref name="Inside"/>.</summary>
internal sealed record SandboxFile(string Host, string Inside);

/// <summary>A folder or file of the host that the command sees, read-only, at <paramref name="Inside"/>.</summary>
internal sealed record SandboxMount(string Host, string Inside)
{
    public SandboxMount(string path)
        : this(path, path)
    {
    }
}

/// <summary>One command to run in isolation.</summary>
/// <param name="Arguments">The program, by its path in the sandbox, and its arguments.</param>
/// <param name="Mounts">Visible files of the host besides the C library.</param>
/// <param name="Limits">The limits.</param>
internal sealed record SandboxCommand(IReadOnlyList<string> Arguments, IReadOnlyList<SandboxMount> Mounts, SandboxLimits Limits)
{
    /// <summary>At most four: each takes one of the file descriptors that a POSIX shell can name.</summary>
    public IReadOnlyList<SandboxFile> Files { get; init; } = [];

    /// <summary>The file of the host that is standard input; without it there is no input.</summary>
    public string InputPath { get; init; } = "/dev/null";
}

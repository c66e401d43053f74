using System.Runtime.InteropServices;

namespace ShTP.Checker.Sandboxing;

/// <summary>The isolation features of this machine, detected at start.</summary>
internal sealed record SandboxHost(SandboxMode Mode, IResourceMeters Meters, CheckerFolder Folder, int FirstUser)
{
    /// <summary>User ids for programs when root started the checker. Concurrent programs do not share one.</summary>
    public const int UserCount = 1000;

    private static int lastUser;

    /// <summary>The folder of the C and C++ libraries.</summary>
    public static string LibraryFolder { get; } = new[]
    {
        $"/usr/lib/{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64")}-linux-gnu",
        "/usr/lib64",
    }.FirstOrDefault(Directory.Exists) ?? "/usr/lib";

    public int NextUser() => FirstUser + (int)((uint)Interlocked.Increment(ref lastUser) % UserCount);

    /// <summary>The weaknesses of this machine's isolation, one sentence each.</summary>
    public IEnumerable<string> FindWeaknesses()
    {
        if (Mode == SandboxMode.OwnUser)
            yield return "No user namespace: a program that broke out of the others would meet the host as an unprivileged user all the same.";
        if (Mode == SandboxMode.SameUserInNamespace)
            yield return "Programs have the host user of the checker behind their namespace: run the checker as a user that owns nothing, or as root.";
        foreach (var weakness in Meters.Weaknesses)
            yield return weakness;
    }

    public override string ToString() => $"{Mode}, {Meters.Name}, seccomp";
}

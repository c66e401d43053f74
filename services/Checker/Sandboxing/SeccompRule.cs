namespace ShTP.Checker.Sandboxing;

/// <summary>An allowed system call; -1 where the architecture does not have it.</summary>
internal sealed record SeccompRule(string Name, int X64, int Arm64);

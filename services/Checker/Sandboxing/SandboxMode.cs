namespace ShTP.Checker.Sandboxing;

/// <summary>Isolation modes, strongest first.</summary>
internal enum SandboxMode
{
    /// <summary>Started by root: programs run as a separate user without files, in a user namespace.</summary>
    OwnUserInNamespace,

    /// <summary>Started by root where users cannot create namespaces: root creates them and drops all privileges before the program starts.</summary>
    OwnUser,

    /// <summary>Started by an ordinary user: programs run in a user namespace with the rights of that user.</summary>
    SameUserInNamespace,
}

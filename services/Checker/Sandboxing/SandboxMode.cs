namespace ShTP.Checker.Sandboxing;

/// <summary>How isolation is reached, strongest first.</summary>
internal enum SandboxMode
{
    /// <summary>Started by root: programs run as a user of their own that owns nothing, in a user namespace.</summary>
    OwnUserInNamespace,

    /// <summary>Started by root where users may not make namespaces: root makes them and gives up everything before the program starts.</summary>
    OwnUser,

    /// <summary>Started by an ordinary user: a user namespace, with the rights of that user behind it.</summary>
    SameUserInNamespace,
}

namespace ShTP.AuditChain;

/// <summary>Actions of the audit that the chains themselves are about.</summary>
public static class AuditActions
{
    /// <summary>The head of another service's chain: its name is the object, its number and hash are in the values after.</summary>
    public const string Anchor = "Audit.Anchor";

    /// <summary>The beginning of this chain was removed, up to the number and the hash in the values after.</summary>
    public const string Removed = "Audit.Removed";
}

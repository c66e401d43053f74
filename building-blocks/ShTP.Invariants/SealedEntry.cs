using ShTP.AuditChain;

namespace ShTP.Invariants;

/// <summary>An entry of an audit with its place.</summary>
internal sealed record SealedEntry(long Number, byte[] Hash, EntryContent Content);

namespace ShTP.Invariants;

/// <summary>The end of an audit. Who notes it elsewhere can prove later that nothing before it was changed.</summary>
/// <param name="Entries">How many entries are there.</param>
/// <param name="Number">Number of the last one.</param>
/// <param name="Hash">Its hash, in hexadecimal digits.</param>
public sealed record AuditHead(long Entries, long Number, string Hash);

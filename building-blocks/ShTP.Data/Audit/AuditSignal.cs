namespace ShTP.Data.Audit;

/// <summary>Wakes the sealer of this process. Entries of a process that ended before it sealed them are found by the others.</summary>
internal sealed class AuditSignal : WakeSignal;

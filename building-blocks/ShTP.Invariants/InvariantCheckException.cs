namespace ShTP.Invariants;

/// <summary>The check could not be made; the message names the database.</summary>
public sealed class InvariantCheckException(string message, Exception cause) : Exception(message, cause);

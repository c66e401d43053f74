namespace ShTP.Data.Connections;

/// <summary>The connections that one process may use.</summary>
internal readonly record struct Claim(string Database, int Count, bool IsOwnRole, bool IsOwnDatabase);

namespace ShTP.Invariants;

/// <summary>A query for facts.</summary>
internal sealed record FactQuery(Database Database, string Query);

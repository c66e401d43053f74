using ShTP.Invariants;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>A row that somebody was told is stored.</summary>
/// <param name="Database">Where it is.</param>
/// <param name="Query">Selects all rows of its kind.</param>
/// <param name="Row">The one that must be among them.</param>
internal sealed record Promise(Database Database, string Query, string Row);

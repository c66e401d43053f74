using Xunit;

namespace ShTP.Distributed.Tests;

// Each system is ten processes: two of them at a time only take each other's processor, so no collection runs beside another.

/// <summary>Tests that leave the processes alone share one system; each has people of its own in it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CalmSystem : ICollectionFixture<RunningSystem>
{
    public const string Name = "calm system";
}

/// <summary>Tests that kill processes share another one, and run one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ShakenSystem : ICollectionFixture<RunningSystem>
{
    public const string Name = "shaken system";
}

/// <summary>Tests that start systems of their own.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OwnSystem
{
    public const string Name = "own system";
}

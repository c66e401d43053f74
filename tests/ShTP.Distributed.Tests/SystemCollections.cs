using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>Tests that leave the processes alone share one system; each has people of its own in it.</summary>
[CollectionDefinition(Name)]
public sealed class CalmSystem : ICollectionFixture<RunningSystem>
{
    public const string Name = "calm system";
}

/// <summary>Tests that kill processes share another one, and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ShakenSystem : ICollectionFixture<RunningSystem>
{
    public const string Name = "shaken system";
}

namespace ShTP.Transcoding.Catalog;

/// <summary>All faults of a contract's rules, one sentence each. The gateway does not start.</summary>
public sealed class CatalogException(IReadOnlyList<string> faults)
    : Exception($"The contract has {faults.Count} faults:{string.Concat(faults.Select(fault => $"{Environment.NewLine}- {fault}"))}")
{
    /// <summary>The faults, each naming its RPC.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}

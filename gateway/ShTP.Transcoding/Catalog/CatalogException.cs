namespace ShTP.Transcoding.Catalog;

/// <summary>Everything that is wrong with the rules of a contract, one sentence each; the gateway does not start.</summary>
public sealed class CatalogException(IReadOnlyList<string> faults)
    : Exception($"The contract has {faults.Count} faults:{string.Concat(faults.Select(fault => $"{Environment.NewLine}- {fault}"))}")
{
    /// <summary>The faults, each naming its RPC.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}

using System.Collections.Frozen;
using ShTP.Protos;

namespace ShTP.Rpc.Access;

/// <summary>The access rules of a contract, by RPC path; what is not in it may not be called.</summary>
internal sealed class AccessRules
{
    private readonly FrozenDictionary<string, AccessRule> rules;
    private readonly FrozenDictionary<string, string> faults;

    public AccessRules(Contract contract)
    {
        var good = new Dictionary<string, AccessRule>();
        var bad = new Dictionary<string, string>();
        foreach (var method in contract.Methods)
        {
            if (AccessRule.Read(method, out var found) is { } rule)
                good[Contract.PathOf(method)] = rule;
            else
                bad[Contract.PathOf(method)] = string.Join("; ", found);
        }

        rules = good.ToFrozenDictionary();
        faults = bad.ToFrozenDictionary();
    }

    /// <summary>The rule of the RPC with the path <c>/package.Service/Method</c>, or null.</summary>
    public AccessRule? Find(string path) => rules.GetValueOrDefault(path);

    /// <summary>What is wrong with the rule of an RPC that a process wants to serve, or null.</summary>
    public string? FindFault(string path) => rules.ContainsKey(path)
        ? null
        : $"{path}: {faults.GetValueOrDefault(path, "it is not part of the contract")}.";
}

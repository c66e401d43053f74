using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Protos;

namespace ShTP.ServiceDefaults.Access;

/// <summary>Who may call one RPC.</summary>
/// <param name="Level">The least a person must be; unspecified for internal RPCs.</param>
/// <param name="Callers">The services that may call an internal RPC; null for RPCs of people.</param>
internal sealed record AccessRule(Level Level, FrozenSet<string>? Callers)
{
    public bool IsInternal => Callers is not null;
}

/// <summary>The <c>access</c> options of a contract, by RPC path; what is not in it may not be called.</summary>
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
            var path = Contract.PathOf(method);
            if (Read(method, out var rule) is { } fault)
                bad[path] = fault;
            else
                good[path] = rule!;
        }

        rules = good.ToFrozenDictionary();
        faults = bad.ToFrozenDictionary();
    }

    /// <summary>The rule of the RPC with the path <c>/package.Service/Method</c>, or null.</summary>
    public AccessRule? Find(string path) => rules.GetValueOrDefault(path);

    /// <summary>What is wrong with the rule of an RPC that a process wants to serve, or null.</summary>
    public string? FindFault(string path) => rules.ContainsKey(path) ? null
        : faults.GetValueOrDefault(path, "is not part of the contract") is var fault ? $"{path} {fault}." : null;

    private static string? Read(MethodDescriptor method, out AccessRule? rule)
    {
        rule = null;
        var access = Contract.AccessOf(method);
        switch (access?.CallerCase)
        {
            case Api.V1.Access.CallerOneofCase.Level when Enum.IsDefined(access.Level) && access.Level != Level.Unspecified:
                rule = new AccessRule(access.Level, null);
                return null;
            case Api.V1.Access.CallerOneofCase.Level:
                return "has an access level that is not defined";
            case Api.V1.Access.CallerOneofCase.Internal when access.Internal.Callers.Count > 0:
                rule = new AccessRule(Level.Unspecified, access.Internal.Callers.ToFrozenSet());
                return null;
            case Api.V1.Access.CallerOneofCase.Internal:
                return "is internal and lists no callers";
            default:
                return "has no access option";
        }
    }
}

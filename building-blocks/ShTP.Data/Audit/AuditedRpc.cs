using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using ShTP.Protos;
using Kept = ShTP.Api.V1.Audit;

namespace ShTP.Data.Audit;

/// <summary>An RPC whose calls are kept, as the contract says.</summary>
internal sealed record AuditedRpc(string Action, bool IsByHandler, bool IsInternal)
{
    private static readonly FrozenDictionary<string, AuditedRpc> All = Contract.ShTP.Methods
        .Where(method => Contract.AuditOf(method) != Kept.Unspecified)
        .ToFrozenDictionary(Contract.PathOf, Read);

    /// <summary>Null for RPCs that are not kept.</summary>
    public static AuditedRpc? Find(string path) => All.GetValueOrDefault(path);

    private static AuditedRpc Read(MethodDescriptor method) =>
        new($"{method.Service.Name}.{method.Name}", Contract.AuditOf(method) == Kept.Handler, Contract.AccessOf(method)?.Internal is not null);
}

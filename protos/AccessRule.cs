using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;

namespace ShTP.Protos;

/// <summary>The <c>access</c> option of one RPC: who may call it, and which rate limit counts its calls.</summary>
/// <param name="Level">The required level; unspecified for internal RPCs.</param>
/// <param name="RateClass">The rate limit of an external RPC.</param>
/// <param name="Callers">The services that may call an internal RPC; null for an external one.</param>
public sealed record AccessRule(Level Level, RateClass RateClass, FrozenSet<string>? Callers)
{
    /// <summary>Whether only services may call it.</summary>
    public bool IsInternal => Callers is not null;

    /// <summary>Reads the option. Returns null, with one phrase for each fault, when the option is not valid.</summary>
    public static AccessRule? Read(MethodDescriptor method, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        var access = Contract.AccessOf(method);
        switch (access?.CallerCase)
        {
            case null or Access.CallerOneofCase.None:
                found.Add("it has no access option that says who may call it");
                break;
            case Access.CallerOneofCase.Level when access.Level == Level.Unspecified || !Enum.IsDefined(access.Level):
                found.Add("its access level is unspecified or unknown");
                break;
            case Access.CallerOneofCase.Internal when access.Internal.Callers.Count == 0 || access.Internal.Callers.Any(string.IsNullOrWhiteSpace):
                found.Add("it is internal but does not say for which services");
                break;
            default:
                break;
        }

        if (access is not null && !Enum.IsDefined(access.RateClass))
            found.Add("its rate class is unknown");
        faults = found;
        if (found.Count > 0)
            return null;
        return access!.CallerCase == Access.CallerOneofCase.Internal
            ? new AccessRule(Level.Unspecified, access.RateClass, access.Internal.Callers.ToFrozenSet())
            : new AccessRule(access.Level, access.RateClass, null);
    }
}

using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Protos;

namespace ShTP.Gateway.Transcoding.Catalog;

/// <summary>What every RPC must say of itself beside its HTTP rule.</summary>
internal static class AccessRules
{
    internal static IEnumerable<string> Check(MethodDescriptor method, bool hasHttpRule)
    {
        if (method.Service.File.Package.Split('.') is not ["shtp", _, ..])
            yield return "its package is not shtp.<area>";
        var access = Contract.AccessOf(method);
        switch (access?.CallerCase)
        {
            case null or Access.CallerOneofCase.None:
                yield return "it has no access option that says who may call it";
                break;
            case Access.CallerOneofCase.Level when access.Level == Level.Unspecified || !Enum.IsDefined(access.Level):
                yield return "its access level is unspecified or unknown";
                break;
            case Access.CallerOneofCase.Level when !hasHttpRule:
                yield return "people may call it but it has no HTTP rule";
                break;
            case Access.CallerOneofCase.Internal when hasHttpRule:
                yield return "it is internal but has an HTTP rule";
                break;
            case Access.CallerOneofCase.Internal when access.Internal.Callers.Count == 0 || access.Internal.Callers.Any(string.IsNullOrWhiteSpace):
                yield return "it is internal but does not say for which services";
                break;
            default:
                break;
        }

        if (access is not null && !Enum.IsDefined(access.RateClass))
            yield return "its rate class is unknown";
        if (hasHttpRule && method.IsClientStreaming)
            yield return "client streaming has no HTTP form";
        var timeout = method.GetOptions()?.GetExtension(OptionsExtensions.TimeoutSeconds) ?? 0;
        if (timeout < 0)
            yield return "its timeout is negative";
        if (timeout != 0 && method.IsServerStreaming)
            yield return "streams have no timeout";
    }
}

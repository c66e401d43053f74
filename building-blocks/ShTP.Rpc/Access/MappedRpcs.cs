using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection;
using ShTP.Protos;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Rpc.Access;

/// <summary>Finds RPCs that a process serves though nothing says who may call them.</summary>
internal static class MappedRpcs
{
    public static IEnumerable<string> FindFaults(IServiceProvider services)
    {
        if (services.GetRequiredService<StartChecks>().Routes is not { } routes)
            return ["MapDefaultEndpoints was not called."];
        return routes.DataSources
            .SelectMany(source => source.Endpoints)
            .Where(endpoint => endpoint.Metadata.GetMetadata<AccessRule>() is null)
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
            .OfType<string>()
            .Distinct()
            .Select(Describe);
    }

    private static string Describe(string path)
    {
        if (Contract.ShTP.FindMethod(path) is not { } method)
            return $"{path}: it is not part of the contract.";
        return AccessRule.Read(method, out var faults) is null ? $"{path}: {string.Join("; ", faults)}." : $"{path}: it is not mapped by MapRpcService.";
    }
}

using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Rpc.Access;

/// <summary>Finds RPCs that a process serves though nothing says who may call them.</summary>
internal static class MappedRpcs
{
    public static IEnumerable<string> FindFaults(IServiceProvider services)
    {
        if (services.GetRequiredService<StartChecks>().Routes is not { } routes)
            return ["MapDefaultEndpoints was not called."];
        var rules = services.GetRequiredService<AccessRules>();
        return routes.DataSources
            .SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
            .OfType<string>()
            .Distinct()
            .Select(rules.FindFault)
            .OfType<string>();
    }
}

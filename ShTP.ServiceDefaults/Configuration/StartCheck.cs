using Microsoft.Extensions.DependencyInjection;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Finds faults that must stop the start: one line per fault, with the key or the RPC.</summary>
public sealed record StartCheck(Func<IServiceProvider, IEnumerable<string>> FindFaults);

public static class StartCheckRegistration
{
    public static IServiceCollection AddStartCheck(this IServiceCollection services, Func<IServiceProvider, IEnumerable<string>> findFaults) =>
        services.AddSingleton(new StartCheck(findFaults));
}

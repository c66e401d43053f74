using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// Stands between an AppHost's own code and its application: it lets a test change the builder before the code gets it,
/// and holds the code in <c>Build()</c> until the test says so. It flows with the execution context of the code.
/// </summary>
internal sealed class EntryPointInterceptor
{
    private static readonly AsyncLocal<EntryPointInterceptor?> Flowing = new();

    public static EntryPointInterceptor? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    public required Action<DistributedApplicationOptions, HostApplicationBuilderSettings> Creating { get; init; }

    public required Action<DistributedApplicationBuilder> Created { get; init; }

    /// <summary>May block.</summary>
    public required Action<DistributedApplicationBuilder> Building { get; init; }

    public required Action<DistributedApplication> Built { get; init; }
}

namespace Aspire.Hosting.Testing;

/// <summary>The application model of an AppHost, before its code goes on; a test may still change it.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Lets the AppHost's code build and run; its resources begin to start at once.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

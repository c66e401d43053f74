namespace ShTP.Services.Tests.Events;

/// <summary>A system for one test that looks at everything.</summary>
internal sealed class DisposableEvents : IAsyncDisposable
{
    private readonly EventsSystem system = new();

    public async Task<EventsSystem> StartAsync()
    {
        await system.InitializeAsync();
        return system;
    }

    public ValueTask DisposeAsync() => system.DisposeAsync();
}

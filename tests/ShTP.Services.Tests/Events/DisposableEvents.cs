namespace ShTP.Services.Tests.Events;

/// <summary>A system for one test that looks at everything.</summary>
internal sealed class DisposableEvents : IAsyncDisposable
{
    private readonly EventsSystem _system = new();

    public async Task<EventsSystem> StartAsync()
    {
        await _system.InitializeAsync();
        return _system;
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();
}

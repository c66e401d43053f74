namespace ShTP.Services.Tests.Users;

/// <summary>A system for one test that looks at everybody.</summary>
internal sealed class DisposableSystem : IAsyncDisposable
{
    private readonly UsersSystem _system = new();

    public async Task<UsersSystem> StartAsync()
    {
        await _system.InitializeAsync();
        return _system;
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();
}

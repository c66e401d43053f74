namespace ShTP.Services.Tests.Users;

/// <summary>A system for one test that looks at everybody.</summary>
internal sealed class DisposableSystem : IAsyncDisposable
{
    private readonly UsersSystem system = new();

    public async Task<UsersSystem> StartAsync()
    {
        await system.InitializeAsync();
        return system;
    }

    public ValueTask DisposeAsync() => system.DisposeAsync();
}

using Microsoft.Extensions.DependencyInjection;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using ShTP.Testing.Fakes;
using ShTP.Users;

namespace ShTP.Services.Tests.Audits;

/// <summary>Users beside an Auth that is told the head of its audit often.</summary>
internal sealed class AnchoredUsers : IAsyncDisposable
{
    private FakeService _server = null!;

    public FakeAuth Auth { get; } = new();

    public ServiceHost<UsersDb> Host { get; private set; } = null!;

    public static async Task<AnchoredUsers> StartAsync(TestDatabase database)
    {
        var own = new AnchoredUsers();
        own._server = await FakeService.StartAsync(ResourceNames.Auth, own.Auth);
        own.Host = await ServiceHost<UsersDb>.StartAsync(ResourceNames.Users,
        [
            new($"ConnectionStrings:{ResourceNames.UsersDb}", database.ConnectionString),
            own._server.Configuration,
            new("Audit:AnchorEvery", "00:00:00.1000000"),
        ]);
        return own;
    }

    public async Task<T> ReadAsync<T>(Func<UsersDb, Task<T>> read)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<UsersDb>());
    }

    public ValueTask DisposeAsync() => Disposing.AllAsync(Host, _server);
}

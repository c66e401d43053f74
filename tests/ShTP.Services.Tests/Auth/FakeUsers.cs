using System.Collections.Concurrent;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Services.Tests.Auth;

/// <summary>What Auth asks of Users, over a dictionary.</summary>
internal sealed class FakeUsers : UsersInternal.UsersInternalBase
{
    private int _outages;

    public ConcurrentDictionary<Guid, Role> Roles { get; } = new();

    public ConcurrentDictionary<string, Guid> Admins { get; } = new();

    /// <summary>Runs while Auth waits for an identity.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    /// <summary>Calls of EnsureFirstAdmin that still fail.</summary>
    public int Outages
    {
        get => _outages;
        set => _outages = value;
    }

    public override async Task<GetIdentityResponse> GetIdentity(GetIdentityRequest request, ServerCallContext context)
    {
        var answer = Roles.TryGetValue(Guid.Parse(request.UserId), out var role)
            ? new GetIdentityResponse { Role = role, FirstName = "Ada", LastName = "Lovelace" }
            : throw RpcErrors.NotFound("gone");
        if (BeforeAnswer is { } before)
            await before();
        return answer;
    }

    public override Task<EnsureFirstAdminResponse> EnsureFirstAdmin(EnsureFirstAdminRequest request, ServerCallContext context)
    {
        if (Interlocked.Decrement(ref _outages) >= 0)
            throw RpcErrors.Unavailable("not yet");
        var id = Admins.GetOrAdd(request.Email, _ => Guid.NewGuid());
        Roles[id] = Role.Admin;
        return Task.FromResult(new EnsureFirstAdminResponse { UserId = id.ToString() });
    }
}

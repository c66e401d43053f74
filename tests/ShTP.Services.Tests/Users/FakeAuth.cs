using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Services.Tests.Users;

/// <summary>Stands for Auth: remembers what it is told, in the order in which it is told.</summary>
public sealed class FakeAuth : AuthInternal.AuthInternalBase
{
    public ConcurrentQueue<(string What, string UserId)> Told { get; } = new();

    public ConcurrentDictionary<string, Credentials> Credentials { get; } = new();

    public ConcurrentQueue<ChangePasswordRequest> PasswordChanges { get; } = new();

    /// <summary>The current password of everybody.</summary>
    public const string Password = "old password";

    private int _hashCalls;

    public int HashCalls => _hashCalls;

    public override Task<HashPasswordsResponse> HashPasswords(HashPasswordsRequest request, ServerCallContext context)
    {
        Interlocked.Increment(ref _hashCalls);
        return Task.FromResult(new HashPasswordsResponse { Hashes = { request.Passwords.Select(password => $"hash of {password}") } });
    }

    public override async Task<Empty> SetCredentials(SetCredentialsRequest request, ServerCallContext context)
    {
        foreach (var credentials in request.Credentials)
        {
            if (Before.TryGetValue(credentials.UserId, out var before))
                await before();
            Told.Enqueue(("set", credentials.UserId));
            Credentials[credentials.UserId] = credentials;
        }

        return new Empty();
    }

    public override async Task<PreparePasswordChangeResponse> PreparePasswordChange(PreparePasswordChangeRequest request, ServerCallContext context)
    {
        if (Before.TryGetValue(request.UserId, out var before))
            await before();
        return request.CurrentPassword == Password
            ? new() { Password = new() { Hash = $"hash of {request.NewPassword}", Replaces = Google.Protobuf.ByteString.CopyFromUtf8("old") } }
            : throw RpcErrors.Invalid("Invalid current password");
    }

    public override Task<Empty> ChangePassword(ChangePasswordRequest request, ServerCallContext context)
    {
        PasswordChanges.Enqueue(request);
        return Task.FromResult(new Empty());
    }

    public ConcurrentQueue<ChangeEmailRequest> EmailChanges { get; } = new();

    public override Task<Empty> CheckPassword(CheckPasswordRequest request, ServerCallContext context) =>
        request.Password == Password ? Task.FromResult(new Empty()) : throw RpcErrors.Invalid("Invalid current password");

    public override Task<Empty> ChangeEmail(ChangeEmailRequest request, ServerCallContext context)
    {
        EmailChanges.Enqueue(request);
        return Task.FromResult(new Empty());
    }

    public override Task<Empty> ExpireAccessTokens(ExpireAccessTokensRequest request, ServerCallContext context) => TellBefore("expire", request.UserId);

    public override Task<Empty> RevokeUser(RevokeUserRequest request, ServerCallContext context) => TellBefore("revoke", request.UserId);

    public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => Tell("delete", request.UserId);

    public bool Heard(string what, Guid user) => Told.Contains((what, user.ToString()));

    public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
        FakeNeighbours.ExportAsync("auth", request, responseStream, isBroken: false);

    /// <summary>For users who are here Auth answers only after this.</summary>
    public ConcurrentDictionary<string, Func<Task>> Before { get; } = new();

    private async Task<Empty> TellBefore(string what, string user)
    {
        if (Before.TryGetValue(user, out var before))
            await before();
        return await Tell(what, user);
    }

    private Task<Empty> Tell(string what, string user)
    {
        Told.Enqueue((what, user));
        return Task.FromResult(new Empty());
    }
}

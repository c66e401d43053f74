using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Testing.Fakes;

/// <summary>Stands for Auth: remembers what it is told, in the order in which it is told.</summary>
public sealed class FakeAuth : AuthInternal.AuthInternalBase
{
    /// <summary>The current password of everybody.</summary>
    public const string Password = "old password";

    public HeldAudit Audit { get; } = new();

    private int _hashCalls;

    public Heard<(string What, string UserId)> Told { get; } = new();

    public ConcurrentDictionary<string, Credentials> Credentials { get; } = new();

    public Heard<ChangePasswordRequest> PasswordChanges { get; } = new();

    public Heard<ChangeEmailRequest> EmailChanges { get; } = new();

    /// <summary>For users who are here Auth answers only after this.</summary>
    public ConcurrentDictionary<string, Func<Task>> Before { get; } = new();

    public int HashCalls => Volatile.Read(ref _hashCalls);

    public bool Heard(string what, Guid user) => Told.Contains((what, user.ToString()));

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) => Audit.ListAsync(request);

    public override Task<Empty> KeepAuditAnchor(KeepAuditAnchorRequest request, ServerCallContext context) => Audit.KeepAsync(request, context);

    public override Task<HashPasswordsResponse> HashPasswords(HashPasswordsRequest request, ServerCallContext context)
    {
        Interlocked.Increment(ref _hashCalls);
        return Task.FromResult(new HashPasswordsResponse { Hashes = { request.Passwords.Select(HashOf) } });
    }

    public override async Task<Empty> SetCredentials(SetCredentialsRequest request, ServerCallContext context)
    {
        foreach (var credentials in request.Credentials)
            await WaitAsync(credentials.UserId);
        foreach (var credentials in request.Credentials)
            Credentials[credentials.UserId] = credentials;
        Told.Add(context, request.Credentials.Select(credentials => ("set", credentials.UserId)));
        return new Empty();
    }

    public override async Task<PreparePasswordChangeResponse> PreparePasswordChange(PreparePasswordChangeRequest request, ServerCallContext context)
    {
        await WaitAsync(request.UserId);
        Require(request.CurrentPassword);
        return new() { Password = new() { Hash = HashOf(request.NewPassword), Replaces = ByteString.CopyFromUtf8("old") } };
    }

    public override Task<Empty> ChangePassword(ChangePasswordRequest request, ServerCallContext context)
    {
        PasswordChanges.Add(context, request);
        return Task.FromResult(new Empty());
    }

    public override Task<Empty> CheckPassword(CheckPasswordRequest request, ServerCallContext context)
    {
        Require(request.Password);
        return Task.FromResult(new Empty());
    }

    public override Task<Empty> ChangeEmail(ChangeEmailRequest request, ServerCallContext context)
    {
        EmailChanges.Add(context, request);
        return Task.FromResult(new Empty());
    }

    public override Task<Empty> ExpireAccessTokens(ExpireAccessTokensRequest request, ServerCallContext context) => TellAsync("expire", request.UserId, context);

    public override Task<Empty> RevokeUser(RevokeUserRequest request, ServerCallContext context) => TellAsync("revoke", request.UserId, context);

    public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => TellAsync("delete", request.UserId, context);

    public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
        HeldData.ExportAsync("auth", request, responseStream);

    private static string HashOf(string password) => $"hash of {password}";

    private static void Require(string password)
    {
        if (password != Password)
            throw RpcErrors.Invalid("Invalid current password");
    }

    private Task WaitAsync(string user) => Before.TryGetValue(user, out var before) ? before() : Task.CompletedTask;

    private async Task<Empty> TellAsync(string what, string user, ServerCallContext context)
    {
        await WaitAsync(user);
        Told.Add(context, (what, user));
        return new Empty();
    }
}

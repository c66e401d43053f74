using Grpc.Core;
using ShTP.Api.V1;

namespace ShTP.Rpc.Access;

/// <summary>Who calls, as the validated access (or refresh) token says.</summary>
/// <param name="Id">The user's id, the token's <c>sub</c>.</param>
/// <param name="Role">The role in force; a maintainer counts as a teacher at least.</param>
/// <param name="SessionId">The session, the token's <c>sid</c>.</param>
public sealed record CurrentUser(Guid Id, Role Role, Guid SessionId)
{
    /// <summary>Teachers and admins.</summary>
    public bool IsStaff => Role >= Role.Teacher;

    /// <summary>Admins.</summary>
    public bool IsAdmin => Role == Role.Admin;
}

/// <summary>What authentication found out about the caller of an RPC.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The signed-in user; for RPCs whose access demands one.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED without a signed-in user.</exception>
    public static CurrentUser User(this ServerCallContext context) =>
        context.UserOrNull() ?? throw Errors.RpcErrors.Unauthenticated("Missing Authorization Header");

    /// <summary>The signed-in user, or null on a public RPC that is called without a valid token.</summary>
    public static CurrentUser? UserOrNull(this ServerCallContext context) => TokenOf(context)?.User;

    /// <summary>Whom the token is about that came with a call of a public RPC, also when it has expired: who was signed in there before.</summary>
    public static CurrentUser? FormerUser(this ServerCallContext context) => TokenOf(context)?.Holder;

    /// <summary>The name of the service that calls an internal RPC.</summary>
    public static string CallingService(this ServerCallContext context) =>
        context.GetHttpContext().Features.Get<CallingService>()!.Name;

    /// <summary>The <c>jti</c> of the user's token, or null; Auth needs it to rotate refresh tokens.</summary>
    public static Guid? TokenId(this ServerCallContext context) => TokenOf(context) is { IsValid: true } token ? token.TokenId : null;

    private static TokenResult? TokenOf(ServerCallContext context) => context.GetHttpContext().Features.Get<TokenResult>();
}

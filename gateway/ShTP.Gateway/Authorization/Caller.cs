using ShTP.Rpc.Access;

namespace ShTP.Gateway.Authorization;

/// <summary>Who makes a call, as far as the call's access lets it count.</summary>
/// <param name="Address">The client's address.</param>
/// <param name="Token">The checked token, or null for nobody.</param>
/// <param name="Authorization">The Authorization header to pass on, also when its token was good once and counts no more; or null.</param>
internal readonly record struct Caller(string Address, TokenResult? Token, string? Authorization)
{
    /// <summary>The signed-in user, or null.</summary>
    public CurrentUser? User => Token?.User;
}

/// <summary>The caller as a part of the request.</summary>
internal static class CallerOfRequest
{
    private static readonly object Key = new();

    /// <summary>Who makes the call; to be asked once that was checked.</summary>
    public static Caller Caller(this HttpContext context) => (Caller)context.Items[Key]!;

    /// <summary>Notes who makes the call.</summary>
    public static void SetCaller(this HttpContext context, Caller caller) => context.Items[Key] = caller;
}

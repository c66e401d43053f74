using ShTP.ServiceDefaults.Access;

namespace ShTP.Gateway.Callers;

/// <summary>Who makes a call, as far as the call's access lets it count.</summary>
/// <param name="Address">The client's address.</param>
/// <param name="Token">The checked token, or null for nobody.</param>
/// <param name="Authorization">The Authorization header to pass on, also when its token was good once and counts no more; or null.</param>
internal readonly record struct Caller(string Address, TokenResult? Token, string? Authorization)
{
    /// <summary>The signed-in user, or null.</summary>
    public CurrentUser? User => Token?.User;
}

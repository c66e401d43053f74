namespace ShTP.Auth.Login;

/// <summary>The failures that an attempt to sign in is measured by, and adds to.</summary>
/// <param name="Own">Of the account on a known device, or from one address.</param>
/// <param name="Account">Of the account on all unknown devices; null on a known one.</param>
/// <param name="Address">Of unknown devices of the address at all accounts; null on a known one.</param>
/// <param name="LastHere">When the user last signed in from this network with this program, if the device is still known.</param>
internal sealed record LoginAttempt(byte[] Own, byte[]? Account = null, byte[]? Address = null, DateTimeOffset? LastHere = null)
{
    /// <summary>Whether the user has signed in on the device before.</summary>
    public bool IsOfKnownDevice => Account is null;

    /// <summary>The name of the budget that it shares with others.</summary>
    public string Budget => Convert.ToHexString(Account ?? Own);

    /// <summary>A user who is signed in and gives the password again.</summary>
    public static LoginAttempt Of(Guid user) => new(LoginThrottle.Key("user", user.ToString()));
}

using System.Security.Cryptography;

namespace ShTP.Users.Profiles;

/// <summary>Passwords for one sign-in, which are copied from paper: 59 bits in letters and digits that do not look alike.</summary>
internal static class OneTimePassword
{
    private const string Signs = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int GroupLength = 4;

    public static string New() => string.Join('-', Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetString(Signs, GroupLength)));
}

using System.Collections.Frozen;
using ShTP.ServiceDefaults.Errors;

namespace ShTP.Users.Profiles;

/// <summary>A nickname stands in the path of a profile, so it must not look like anything else that stands there.</summary>
internal static class NickNames
{
    private static readonly FrozenSet<string> Reserved =
        new[] { "leaderboard", "search", "csv", "avatar", "my_apps", ".", ".." }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>False for what cannot be anybody's nickname; spares the question to the database.</summary>
    public static bool IsPossible(string text) => text.Length is > 0 and <= User.MaxNickNameLength && !text.Any(char.IsControl);

    public static void Check(FieldChecks checks, string nickName, string field)
    {
        checks.Text(nickName, 0, User.MaxNickNameLength, field);
        if (Guid.TryParse(nickName, out _))
            checks.Add(field, "must not look like a uuid");
        else if (Reserved.Contains(nickName))
            checks.Add(field, "this word is reserved");
        else if (nickName.AsSpan().ContainsAny('/', '\n', '\r') || nickName.Contains('\t', StringComparison.Ordinal))
            checks.Add(field, "must not contain a slash, a tab or a line break");
    }
}

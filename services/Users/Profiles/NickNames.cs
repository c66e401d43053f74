using System.Buffers;
using System.Collections.Frozen;
using ShTP.Rpc.Errors;

namespace ShTP.Users.Profiles;

/// <summary>Nicknames are part of profile paths, so they must not look like other segments.</summary>
internal static class NickNames
{
    private static readonly FrozenSet<string> Reserved =
        new[] { "leaderboard", "search", "csv", "avatar", "my_apps", ".", ".." }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // The clients put a nickname into a path without escaping.
    private static readonly SearchValues<char> Unreachable = SearchValues.Create("/\\?#%\t\r\n");

    /// <summary>False for texts that cannot be a nickname, which saves the query.</summary>
    public static bool IsPossible(string text) => text.Length is > 0 and <= User.MaxNickNameLength && !text.Any(char.IsControl);

    public static void Check(FieldChecks checks, string nickName, string field)
    {
        checks.Text(nickName, 0, User.MaxNickNameLength, field);
        if (Guid.TryParse(nickName, out _))
            checks.Add(field, "must not look like a uuid");
        else if (Reserved.Contains(nickName))
            checks.Add(field, "this word is reserved");
        else if (nickName.AsSpan().ContainsAny(Unreachable))
            checks.Add(field, @"must not contain /, \, ?, #, %, a tab or a line break");
        else
            checks.Visible(nickName, field);
    }
}
